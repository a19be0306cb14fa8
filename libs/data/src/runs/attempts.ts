// SQL of attempts, and of a run's state: every change names the state that it starts from, and every write of a
// worker the attempt that it belongs to.

import { isFinal, type RunFailure, type RunState } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { CheckpointRow } from '../checkpoints/repository.js';
import { Database } from '../database.js';
import { jsonb } from '../json.js';
import type { RunRow } from './repository.js';

/** Who writes: the run, and which start of it. */
export interface Fence {
  readonly runId: string;
  readonly attempt: number;
}

/** A change of state, and why the run failed if it is that. */
interface StateChange {
  readonly from: RunState;
  readonly to: RunState;
  readonly failure: RunFailure | null;
}

/** How an attempt ended that says little of the run; the failure is a `RunFailure` as it was stored. */
interface SpentAttempt {
  readonly outcome: string | null;
  readonly failure: unknown;
}

/** Where an attempt begins that goes on from a checkpoint. */
type AttemptStart = Pick<CheckpointRow, 'step' | 'epoch' | 'metric_names' | 'metric_values'>;

/** What is asked of the worker that has a run. */
type StopRequests = Pick<RunRow, 'cancel_requested' | 'pause_requested'>;

@Injectable()
export class AttemptRepository {
  constructor(private readonly database: Database) {}

  /** A run of any project, locked until the transaction ends. */
  async lockRun(runId: string): Promise<RunRow | undefined> {
    return this.database.query
      .selectFrom('runs')
      .selectAll()
      .where('id', '=', runId)
      .forUpdate()
      .executeTakeFirst();
  }

  /** The run, locked, if the attempt is its newest one and it has not ended. */
  async lockFenced({ runId, attempt }: Fence): Promise<RunRow | undefined> {
    return this.database.query
      .selectFrom('runs')
      .selectAll()
      .where('id', '=', runId)
      .where('attempt', '=', attempt)
      .where('state', 'in', ['preparing', 'running'] satisfies RunState[])
      .forUpdate()
      .executeTakeFirst();
  }

  /** Whether an attempt's worker was heard of within the last seconds. */
  async isAttemptAlive({ runId, attempt }: Fence, withinSeconds: number): Promise<boolean> {
    const row = await this.database.query
      .selectFrom('run_attempts')
      .select('number')
      .where('run_id', '=', runId)
      .where('number', '=', attempt)
      .where('ended_at', 'is', null)
      .where('heartbeat_at', '>', sql<Date>`now() - make_interval(secs => ${withinSeconds})`)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Records a new attempt of a run that the caller has locked; returns the run as it stands where the attempt begins. */
  async insertAttempt(
    run: RunRow,
    attempt: number,
    workerId: string,
    start: AttemptStart | null,
  ): Promise<RunRow> {
    const step = start?.step ?? 0;
    await this.database.query
      .insertInto('run_attempts')
      .values({
        run_id: run.id,
        number: attempt,
        project_id: run.project_id,
        worker_id: workerId,
        start_step: step,
      })
      .execute();
    return this.database.query
      .updateTable('runs')
      .set({
        attempt,
        step,
        epoch: start?.epoch ?? 0,
        total_steps: null,
        engine_version: null,
        from_start: false,
        not_before: null,
        metric_names: start?.metric_names ?? [],
        metric_values: start?.metric_values ?? [],
        started_at: run.started_at ?? new Date(),
      })
      .where('id', '=', run.id)
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  /** Changes the state of a run, and returns whether it was in the one that the change starts from. */
  async setState(runId: string, { from, to, failure }: StateChange): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('runs')
      .set({
        state: to,
        failure: failure && jsonb(failure),
        finished_at: isFinal(to) ? new Date() : null,
        ...(to === 'paused' || isFinal(to) ? { pause_requested: false } : {}),
      })
      .where('id', '=', runId)
      .where('state', '=', from)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /**
   * The attempts since the last retry that ended without the run's own fault, in their order: their worker was lost, or the
   * trainer died, and of what.
   */
  async listSpent({ id: runId, project_id, retried_after }: RunRow): Promise<SpentAttempt[]> {
    return this.database.query
      .selectFrom('run_attempts')
      .select(['outcome', 'failure'])
      .where('run_id', '=', runId)
      .where('project_id', '=', project_id)
      .where('number', '>', retried_after)
      .where('outcome', 'in', ['lost', 'crashed'])
      .orderBy('number')
      .execute();
  }

  /** Seconds that the attempts since the last retry have taken; those that were lost count to their last sign of life. */
  async secondsSpent({ id: runId, retried_after }: RunRow): Promise<number> {
    const spent = sql<number>`coalesce(sum(extract(epoch FROM coalesce(ended_at, heartbeat_at) - started_at)), 0)::float8`;
    const row = await this.database.query
      .selectFrom('run_attempts')
      .select(spent.as('seconds'))
      .where('run_id', '=', runId)
      .where('number', '>', retried_after)
      .executeTakeFirstOrThrow();
    return row.seconds;
  }

  /** Lets a queued run wait. */
  async setNotBefore(runId: string, notBefore: Date | null): Promise<void> {
    await this.database.query
      .updateTable('runs')
      .set({ not_before: notBefore })
      .where('id', '=', runId)
      .execute();
  }

  /** What a trainer knows when it has read its data. */
  async setStarted(runId: string, totalSteps: number, engineVersion: string | null): Promise<void> {
    await this.database.query
      .updateTable('runs')
      .set({ total_steps: totalSteps, engine_version: engineVersion })
      .where('id', '=', runId)
      .execute();
  }

  /** Says that the worker lives. Returns what is asked of it; undefined when the attempt was replaced. */
  async beat({ runId, attempt }: Fence): Promise<StopRequests | undefined> {
    return this.database.query
      .updateTable('run_attempts')
      .from('runs')
      .set({ heartbeat_at: sql<Date>`now()` })
      .whereRef('runs.id', '=', 'run_attempts.run_id')
      .whereRef('runs.attempt', '=', 'run_attempts.number')
      .where('run_attempts.run_id', '=', runId)
      .where('run_attempts.number', '=', attempt)
      .where('runs.state', 'in', ['preparing', 'running'] satisfies RunState[])
      .returning(['runs.cancel_requested', 'runs.pause_requested'])
      .executeTakeFirst();
  }

  /** By the database's clock, as its start. One that was lost ended with its last sign of life. */
  async endAttempt(
    { runId, attempt }: Fence,
    outcome: string,
    failure: RunFailure | null = null,
  ): Promise<void> {
    const endedAt = outcome === 'lost' ? sql<Date>`heartbeat_at` : sql<Date>`now()`;
    await this.database.query
      .updateTable('run_attempts')
      .set({ ended_at: endedAt, outcome, failure: failure && jsonb(failure) })
      .where('run_id', '=', runId)
      .where('number', '=', attempt)
      .where('ended_at', 'is', null)
      .execute();
  }

  /** Runs that nobody works on: queued, or with an attempt that was not heard of for a while. */
  async listUnattended(silentSeconds: number, limit: number): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('runs')
      .leftJoin('run_attempts', (join) =>
        join.onRef('run_attempts.run_id', '=', 'runs.id').onRef('run_attempts.number', '=', 'runs.attempt'),
      )
      .select('runs.id')
      .where((eb) =>
        eb.or([
          eb.and([
            eb('runs.state', '=', 'queued'),
            eb.or([eb('runs.not_before', 'is', null), eb('runs.not_before', '<=', sql<Date>`now()`)]),
          ]),
          eb.and([
            eb('runs.state', 'in', ['preparing', 'running']),
            eb('run_attempts.heartbeat_at', '<', sql<Date>`now() - make_interval(secs => ${silentSeconds})`),
          ]),
        ]),
      )
      .orderBy((eb) => eb.case().when('runs.state', '=', 'queued').then(1).else(0).end()) // The dead before the waiting.
      .orderBy('runs.id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.id);
  }
}
