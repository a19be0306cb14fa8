// What clients ask of runs that exist. Each is one transaction on the locked run; asked again, it changes nothing.

import {
  GradstreamError,
  isFinal,
  runStateSchema,
  type CancelOutcome,
  type CancelOutcomes,
  type RetryRun,
  type Run,
  type RunState,
} from '@gradstream/contracts';
import { Database, RunRepository, type RunRow } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { checkId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { requireDataset } from '../common/removal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { toRun } from './map.js';
import { RunQueue } from './queue.js';
import { RunStates } from './states.js';

/** Throws RUN_FINISHED for a run that has ended. */
function refuseFinal(state: RunState, what: string): void {
  if (!isFinal(state)) return;
  const again = state === 'succeeded' ? '' : ' Retry it to start it again.';
  throw new GradstreamError('RUN_FINISHED', `The run is ${state}: there is nothing to ${what}.${again}`);
}

/** Throws CONFLICT for a run that is to be cancelled. */
function refuseCancelling({ cancel_requested: cancelling }: RunRow, what: string): void {
  if (cancelling)
    throw new GradstreamError('CONFLICT', `The run is being cancelled: it is too late to ${what} it.`);
}

@Injectable()
export class RunControls {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly states: RunStates,
    private readonly queue: RunQueue,
    private readonly idempotency: Idempotency,
  ) {}

  /** Stops a run: one without a worker at once, one that trains at its next step. Throws RUN_FINISHED. */
  async cancel(principal: Principal, id: string, precondition: Precondition = noPrecondition): Promise<Run> {
    return this.#change(principal, id, precondition, async (row, state) => {
      refuseFinal(state, 'cancel');
      await this.#stop(row, state);
    });
  }

  /** Stops runs as `cancel` does, all in one transaction; what came of it, for each. */
  async cancelAll(principal: Principal, ids: readonly string[]): Promise<CancelOutcomes> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    return this.database.asProject(projectId, async () => {
      const outcomes = new Map<string, CancelOutcome>();
      // In the order of their ids, so that two such requests do not wait for each other.
      for (const id of [...new Set(ids)].sort()) outcomes.set(id, await this.#cancelOne(projectId, id));
      const data = ids.flatMap((id) => outcomes.get(id) ?? []);
      await this.idempotency.keep({ data });
      return { data };
    });
  }

  async #cancelOne(projectId: string, id: string): Promise<CancelOutcome> {
    const row = await this.runs.lock(projectId, id);
    if (!row) return { id, outcome: 'notFound', state: null };
    const state = runStateSchema.parse(row.state);
    if (isFinal(state)) return { id, outcome: 'finished', state };
    return (await this.#stop(row, state))
      ? { id, outcome: 'cancelled', state: 'cancelled' }
      : { id, outcome: 'requested', state };
  }

  /** Asks for a stop; whether it has come about, as no worker has the run. */
  async #stop(row: RunRow, state: RunState): Promise<boolean> {
    await this.runs.request(row.project_id, row.id, { cancel: true });
    const isIdle = state === 'queued' || state === 'paused';
    if (isIdle) await this.states.change(row, 'cancelled', 'cancelled by a request');
    return isIdle;
  }

  /**
   * Lets a run rest until it is resumed: a queued one at once, one that trains at its next step and with a checkpoint.
   * Throws RUN_FINISHED, and CONFLICT for one that is being cancelled.
   */
  async pause(principal: Principal, id: string, precondition: Precondition = noPrecondition): Promise<Run> {
    const run = await this.#change(principal, id, precondition, async (row, state) => {
      refuseFinal(state, 'pause');
      refuseCancelling(row, 'pause');
      if (state === 'queued') await this.states.change(row, 'paused', 'paused by a request');
      else if (state !== 'paused') await this.runs.request(row.project_id, id, { pause: true });
    });
    if (run.state === 'paused') await this.queue.remove(id);
    return run;
  }

  /**
   * Queues a paused run, and takes back a pause that its worker has not come to. A run that goes on anyway is left
   * alone. Throws RUN_FINISHED, and CONFLICT for one that is being cancelled.
   */
  async resume(principal: Principal, id: string, precondition: Precondition = noPrecondition): Promise<Run> {
    const run = await this.#change(principal, id, precondition, async (row, state) => {
      refuseFinal(state, 'resume');
      refuseCancelling(row, 'resume');
      await this.runs.request(row.project_id, id, { pause: false });
      if (state === 'paused') await this.states.change(row, 'queued', 'resumed by a request');
    });
    if (run.state === 'queued') await this.queue.add(id);
    return run;
  }

  /**
   * Queues a run that failed or was cancelled: the next attempt goes on from its last checkpoint that holds all of the
   * state, or begins where the run began. Throws CONFLICT for a run in another state, DATASET_DELETED.
   */
  async retry(
    principal: Principal,
    id: string,
    { fromStart }: RetryRun,
    precondition: Precondition = noPrecondition,
  ): Promise<Run> {
    const run = await this.#change(principal, id, precondition, async (row, state) => {
      if (state !== 'failed' && state !== 'cancelled') {
        const way =
          state === 'succeeded' ? 'fork it to go on from it' : 'only one that has ended is started again';
        throw new GradstreamError('CONFLICT', `The run is ${state}: ${way}.`);
      }
      requireDataset(row, 'be started again');
      await this.runs.prepareRetry(row, fromStart);
      await this.states.change(row, 'queued', fromStart ? 'retried from its start' : 'retried');
    });
    await this.queue.add(id);
    return run;
  }

  /** Changes a run that is locked, and answers with it as it is then. */
  async #change(
    principal: Principal,
    id: string,
    precondition: Precondition,
    change: (row: RunRow, state: RunState) => Promise<void>,
  ): Promise<Run> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    return this.database.asProject(projectId, async () => {
      const row = await this.#lock(projectId, id);
      precondition(toRun(row));
      await change(row, runStateSchema.parse(row.state));
      const run = toRun(await this.#lock(projectId, id));
      await this.idempotency.keep(run);
      return run;
    });
  }

  async #lock(projectId: string, id: string): Promise<RunRow> {
    const row = await this.runs.lock(projectId, checkId('run', id));
    if (!row) throw notFound('run', id);
    return row;
  }
}
