// Histories as files.

import type { HistoryFormat, MetricSamples } from '@gradstream/contracts';
import { csvField } from '@gradstream/domain';
import { StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';

type FileFormat = Exclude<HistoryFormat, 'json'>;

const TYPES: Readonly<Record<FileFormat, string>> = { ndjson: 'application/x-ndjson', csv: 'text/csv' };

/** Media types of histories as files. */
export const fileTypes = Object.values(TYPES);

/** Texts as a file of that name, sent as they come. */
export const toFile = (
  texts: Iterable<string> | AsyncIterable<string>,
  name: string,
  format: FileFormat,
): StreamableFile =>
  new StreamableFile(Readable.from(texts, { objectMode: false }), {
    type: format === 'csv' ? `${TYPES.csv}; charset=utf-8` : TYPES[format],
    disposition: `attachment; filename="${name}.${format}"`,
  });

function* texts({ series }: MetricSamples, format: FileFormat): Generator<string> {
  if (format === 'csv') yield 'series,step,value\r\n';
  for (const { name, steps, values } of series)
    yield steps
      .map((step, i) =>
        format === 'csv'
          ? `${csvField(name)},${step},${values[i] ?? 'NaN'}\r\n`
          : `${JSON.stringify({ series: name, step, value: values[i] })}\n`,
      )
      .join('');
}

/** A run in a few points as a file: a line a point. */
export const samplesToFile = (samples: MetricSamples, runId: string, format: FileFormat): StreamableFile =>
  toFile(texts(samples, format), `${runId}-metrics`, format);
