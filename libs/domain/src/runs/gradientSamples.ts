// A run's gradient statistics at a few steps, evenly over its whole history.

import { isFinal, runSpecSchema, runStateSchema, type MetricBatch } from '@gradstream/contracts';
import { Database, FrameRepository, RunRepository, type FrameRow } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { encodeCursor } from '../common/cursor.js';
import { checkId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { toPoint } from './map.js';
import type { RangeOptions } from './rangeSamples.js';

@Injectable()
export class GradientSamples {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly frames: FrameRepository,
  ) {}

  /** At most `points` steps, and as many of those that have all statistics; stitched, in order. The cursor goes on after them. */
  async read(principal: Principal, runId: string, { points, series }: RangeOptions): Promise<MetricBatch> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    return this.database.asSnapshot(projectId, async () => {
      const run = await this.runs.find(projectId, checkId('run', runId));
      if (!run) throw notFound('run', runId);
      const { gradients } = runSpecSchema.parse(run.spec).telemetry;
      const hasFull = typeof gradients === 'object' && gradients.fullEverySteps !== null;
      const query = { projectId, runId, lastSeq: run.last_seq, count: points };
      const found = new Map<number, FrameRow>();
      for (const isFull of hasFull ? [false, true] : [false])
        for (const row of await this.frames.spreadGradients({ ...query, isFull })) found.set(row.seq, row);
      const wanted = series ? new Set(series) : null;
      return {
        points: [...found.values()].sort((a, b) => a.seq - b.seq).map((row) => toPoint(row, wanted)),
        cursor: encodeCursor(`gradients:${runId}`, run.last_seq),
        rewoundTo: null,
        done: isFinal(runStateSchema.parse(run.state)),
      };
    });
  }
}
