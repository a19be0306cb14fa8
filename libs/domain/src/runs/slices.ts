// Reads a run's frames from Postgres, a slice at a time.

import { isFinal, runStateSchema, type FrameKind, type RunEvent } from '@gradstream/contracts';
import { Database, FrameRepository, RunRepository, type FrameRow, type Rewind } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { notFound } from '../common/ids.js';

/** Most frames of a slice. */
export const MAX_SLICE = 1000;

/** Frames of a follower's first slice, before it is known how wide they are. */
export const FIRST_SLICE = 100;
const LEAST_SLICE = 20;
/** Numbers of a slice that is held for a follower: some 20 bytes each as JSON, and several times that as objects. */
const NUMBERS_OF_A_SLICE = 10_000;

/** How many frames the next slice may have, as wide as the last ones were, so that one who does not read costs little. */
export function nextLimit(rows: readonly FrameRow[], limit: number): number {
  if (rows.length === 0) return limit;
  const numbers = rows.reduce((sum, { values }) => sum + values.length, 0);
  const fitting = Math.floor((NUMBERS_OF_A_SLICE * rows.length) / Math.max(1, numbers));
  return Math.min(MAX_SLICE, Math.max(LEAST_SLICE, fitting));
}

/** Which frames: those of one kind of one run. */
export interface FrameSource {
  readonly projectId: string;
  readonly runId: string;
  readonly kind: FrameKind;
  /** Only events of one type. */
  readonly eventType?: RunEvent['type'];
}

/** The frames after a place in the sequence. */
export interface Slice {
  readonly rows: readonly FrameRow[];
  /** Rewinds after the place, up to where to go on; of events none, for those are never taken back. */
  readonly rewinds: readonly Rewind[];
  /** Where to go on reading. */
  readonly toSeq: number;
  /** Whether there may be more already. */
  readonly full: boolean;
  /** Whether nothing will follow. */
  readonly done: boolean;
}

@Injectable()
export class FrameReader {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly frames: FrameRepository,
  ) {}

  /** Throws NOT_FOUND when the project has no such run. */
  async read(
    { projectId, runId, kind, eventType }: FrameSource,
    afterSeq: number,
    limit: number = MAX_SLICE,
  ): Promise<Slice> {
    return this.database.asProject(projectId, async () => {
      // The run first: frames that come after it was read only make the answer "done" a slice later.
      const run = await this.runs.find(projectId, runId);
      if (!run) throw notFound('run', runId);
      const rows = await this.frames.listAfter(projectId, runId, { kind, afterSeq, limit, eventType });
      const full = rows.length === limit;
      const lastSeq = rows.at(-1)?.seq ?? afterSeq;
      // Skip what other kinds hold: the run's own end of sequence is as far as this reader has seen.
      const toSeq = full ? lastSeq : Math.max(lastSeq, run.last_seq);
      const rewinds =
        kind === 'event' ? [] : await this.frames.rewindsIn(projectId, runId, { afterSeq, toSeq });
      return { rows, rewinds, toSeq, full, done: !full && isFinal(runStateSchema.parse(run.state)) };
    });
  }
}
