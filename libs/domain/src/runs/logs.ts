// What the trainers of a run wrote, line by line. It is among the run's events; this reads it alone.

import type { HistoryQuery, LogBatch } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import { decodeSeqCursor, encodeCursor } from '../common/cursor.js';
import { checkId } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { toStoredEvent } from './map.js';
import { FrameReader } from './slices.js';

@Injectable()
export class RunLogs {
  constructor(private readonly reader: FrameReader) {}

  /** Lines after a cursor. */
  async read(
    principal: Principal,
    runId: string,
    { after, limit }: Pick<HistoryQuery, 'after' | 'limit'>,
  ): Promise<LogBatch> {
    requireScope(principal, 'read');
    const list = `logs:${checkId('run', runId)}`;
    const source = { projectId: principal.projectId, runId, kind: 'event', eventType: 'log' } as const;
    const slice = await this.reader.read(source, decodeSeqCursor(list, after), limit);
    const lines = slice.rows.map(toStoredEvent).flatMap(({ event, ...place }) => {
      if (event.type !== 'log') return [];
      return [{ ...place, level: event.level, message: event.message }];
    });
    return { lines, cursor: encodeCursor(list, slice.toSeq), done: slice.done };
  }
}
