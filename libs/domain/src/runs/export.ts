// A run's history as lines of a file, read and sent a slice at a time.

import type { FrameKind, HistoryFormat } from '@gradstream/contracts';
import type { FrameRow } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { decodeSeqCursor } from '../common/cursor.js';
import { checkId } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { toPoint } from './map.js';
import { FrameReader, type FrameSource } from './slices.js';

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
  constructor(private readonly reader: FrameReader) {}

  /** The stitched history after a cursor, up to where it is now, in some texts. Throws NOT_FOUND at once. */
  async lines(principal: Principal, runId: string, options: ExportOptions): Promise<AsyncIterable<string>> {
    requireScope(principal, 'read');
    const { kind, format, after } = options;
    const source = { projectId: principal.projectId, runId: checkId('run', runId), kind };
    const afterSeq = decodeSeqCursor(`${kind}:${runId}`, after);
    const wanted = options.series ? new Set(options.series) : null;
    const { toSeq } = await this.reader.read(source, afterSeq, 1);
    const toText = format === 'csv' ? toCsv : toNdjson;
    const header = format === 'csv' ? 'seq,attempt,step,epoch,time,series,value\r\n' : '';
    return this.#texts(source, afterSeq, toSeq, (row) => toText(row, wanted), header);
  }

  async *#texts(
    source: FrameSource,
    afterSeq: number,
    seen: number,
    toText: (row: FrameRow) => string,
    header: string,
  ): AsyncGenerator<string> {
    yield header;
    for (let at = afterSeq, full = seen > afterSeq; full;) {
      const slice = await this.reader.read(source, at);
      const text = slice.rows.map(toText).join('');
      if (text !== '') yield text;
      ({ toSeq: at, full } = slice);
    }
  }
}
