// A run's history as lines of a file, read and sent a slice at a time.

import type { FrameKind, HistoryFormat } from '@gradstream/contracts';
import {
  Database,
  FrameRepository,
  RunRepository,
  type FrameQuery,
  type FrameRow,
  type RunRow,
} from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { decodeSeqCursor } from '../common/cursor.js';
import { checkId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { toPoint } from './map.js';
import { MAX_SLICE } from './slices.js';

interface ExportOptions {
  readonly kind: Exclude<FrameKind, 'event'>;
  readonly format: Exclude<HistoryFormat, 'json'>;
  /** A cursor of the history. */
  readonly after?: string | undefined;
  readonly series?: readonly string[] | undefined;
}

/** A field of CSV (RFC 4180). */
export const csvField = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A row of CSV for each value: numbers as JSON writes them, and NaN, Infinity, -Infinity. */
const toCsv = (row: FrameRow, wanted: ReadonlySet<string> | null): string =>
  row.series
    .map((name, i) => [name, String(row.values[i] ?? Number.NaN)] as const)
    .filter(([name]) => wanted?.has(name) ?? true)
    .map(([name, value]) => {
      const place = [row.seq, row.attempt, row.step, row.epoch, row.time.toISOString()].join(',');
      return `${place},${csvField(name)},${value}\r\n`;
    })
    .join('');

/** A point as a line of JSON; nothing without one of the series. */
function toNdjson(row: FrameRow, wanted: ReadonlySet<string> | null): string {
  const point = toPoint(row, wanted);
  return Object.keys(point.values).length > 0 ? `${JSON.stringify(point)}\n` : '';
}

@Injectable()
export class RunExport {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly frames: FrameRepository,
  ) {}

  /**
   * The stitched history after a cursor, as it is now, in some texts: what comes later is not in it, and what is taken back
   * later stays. Throws NOT_FOUND at once, or in between when the run is deleted.
   */
  async lines(principal: Principal, runId: string, options: ExportOptions): Promise<AsyncIterable<string>> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    const afterSeq = decodeSeqCursor(`${options.kind}:${checkId('run', runId)}`, options.after);
    const run = await this.database.asProject(projectId, () => this.#find(projectId, runId));
    return this.#texts(run, afterSeq, options);
  }

  async #find(projectId: string, runId: string): Promise<RunRow> {
    const run = await this.runs.find(projectId, runId);
    if (!run) throw notFound('run', runId);
    return run;
  }

  async *#texts(asOf: RunRow, afterSeq: number, options: ExportOptions): AsyncGenerator<string> {
    const { kind, format, series } = options;
    const wanted = series ? new Set(series) : null;
    const toText = format === 'csv' ? toCsv : toNdjson;
    if (format === 'csv') yield 'seq,attempt,step,epoch,time,series,value\r\n';
    for (let at = afterSeq; at < asOf.last_seq;) {
      const rows = await this.#slice(asOf, { kind, afterSeq: at, limit: MAX_SLICE, asOf });
      const text = rows.map((row) => toText(row, wanted)).join('');
      if (text !== '') yield text;
      at = rows.length === MAX_SLICE ? (rows.at(-1)?.seq ?? asOf.last_seq) : asOf.last_seq;
    }
  }

  async #slice({ project_id: projectId, id }: RunRow, query: FrameQuery): Promise<FrameRow[]> {
    return this.database.asProject(projectId, async () => {
      const rows = await this.frames.listAfter(projectId, id, query);
      await this.#find(projectId, id); // After them: who finds the run has found its frames.
      return rows;
    });
  }
}
