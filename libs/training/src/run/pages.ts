// Predictions for rows of a stored dataset, page by page. The rows go from the shards to the network in this process: no
// other one holds them.

import { GradstreamError, type AnsweredRows, type LocalPage } from '@gradstream/contracts';
import {
  pageRange,
  readIndex,
  readPage,
  shardFile,
  ShardedDataset,
  type PageRange,
} from '@gradstream/datasets';
import type { Predictor } from './predictor.js';

/** Shards of a page that are held in memory at most, in bytes; rows of others are read from the file one by one. */
const MEMORY_BYTES = 256 * 2 ** 20;

/** The part of a predictor that pages need. */
type PagePredictor = Pick<Predictor, 'columns' | 'pageRows' | 'predict'>;

export interface AnsweredPage {
  readonly answer: AnsweredRows;
  /** Whether rows follow. */
  readonly hasMore: boolean;
}

/** Throws BAD_CURSOR when no row is there. */
async function rangeOf({ pageRows }: PagePredictor, { folder, from, limit }: LocalPage): Promise<PageRange> {
  const range = pageRange(await readIndex(folder), from, Math.min(limit, pageRows));
  if (range.rows > 0) return range;
  throw new GradstreamError('BAD_CURSOR', 'The dataset has no rows there: begin without a cursor.');
}

/** Names of the shards that a page needs, by the index alone. Throws BAD_CURSOR, and DATASET_UNREADABLE. */
export async function filesOfPage(predictor: PagePredictor, page: LocalPage): Promise<string[]> {
  const { shards } = await rangeOf(predictor, page);
  return [...shards].map(shardFile);
}

/** What the network says of a page, whose files are there. Throws what `filesOfPage` and `Predictor.predict` throw. */
export async function predictPage(predictor: PagePredictor, page: LocalPage): Promise<AnsweredPage> {
  const range = await rangeOf(predictor, page);
  const dataset = await ShardedDataset.open(page.folder, { memoryBytes: MEMORY_BYTES, only: range.shards });
  try {
    const rows = readPage(dataset, range, predictor.columns);
    return { answer: await predictor.predict({ rows, from: range.from }), hasMore: range.hasMore };
  } finally {
    dataset.close();
  }
}
