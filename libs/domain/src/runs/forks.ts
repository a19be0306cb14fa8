// A fork: a new run that begins at a checkpoint of another one, with some settings changed.

import {
  createRunSchema,
  forkableSettings,
  GradstreamError,
  runSpecSchema,
  noteKnownKeys,
  toProblemItems,
  type CreateRun,
  type ForkRun,
  type ProblemItem,
  type Run,
  type RunSpec,
} from '@gradstream/contracts';
import { CheckpointRepository, Database, RunRepository, type CheckpointRow } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { checkId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { requireDataset } from '../common/removal.js';
import { relocate } from '../models/models.js';
import { RunCompletion } from './completion.js';
import { RunInserts, runInvalid } from './inserts.js';

/** The run that a fork goes on from. */
interface Parent {
  readonly spec: RunSpec;
  readonly total_steps: number | null;
}

/** The form that a stored spec was posted in: every setting of it, whether a fork may change it or not. */
function toPosted({ model, ...stored }: RunSpec): object {
  const settings = Object.entries(stored).filter(([name]) => Object.hasOwn(createRunSchema.shape, name));
  return { ...Object.fromEntries(settings), model: model.id ?? model.definition };
}

/** What a fork may not change, with pointers into the request. */
function refusals(changes: ForkRun['changes'], { optimizer }: RunSpec): ProblemItem[] {
  const known: readonly string[] = forkableSettings;
  const problems = Object.keys(changes)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      pointer: `/changes/${name}`,
      code: 'notForkable',
      message: `a fork cannot change "${name}"`,
      hint: `It can change ${known.join(', ')}; make a new run for others`,
    }));
  const { optimizer: changed } = changes;
  const name: unknown =
    typeof changed === 'object' && changed !== null ? Reflect.get(changed, 'name') : changed;
  if (changed === undefined || name === optimizer.name) return problems;
  const message = `the checkpoint holds the state of ${optimizer.name}, which another optimizer cannot use`;
  const hint = 'Change its settings, or make a new run';
  return [...problems, { pointer: '/changes/optimizer', code: 'otherOptimizer', message, hint }];
}

/**
 * Steps after which a run with these settings is over. An epoch has as many steps as in the run that it goes on from, for
 * a fork changes neither batches nor split; null where that run does not say it: it ended by steps.
 */
function endOf({ steps, epochs }: CreateRun, { spec, total_steps: total }: Parent): number | null {
  const byEpochs = total === null || spec.steps !== null ? null : (total / spec.epochs) * epochs;
  return steps === null || byEpochs === null ? (steps ?? byEpochs) : Math.min(steps, byEpochs);
}

/** A fork that would be over where it begins. Epochs and steps count from the start of the first run. */
function checkEnd(settings: CreateRun, parent: Parent, origin: CheckpointRow): ProblemItem[] {
  const end = endOf(settings, parent);
  const goesOn = end === null ? settings.epochs >= origin.epoch : end > origin.step;
  if (goesOn) return [];
  const name = settings.steps === null ? 'epochs' : 'steps';
  const message = `the checkpoint was written in epoch ${origin.epoch} after step ${origin.step}, and the fork would have nothing left to train${end === null ? '' : `: it ends after step ${end}`}`;
  const hint = `"${name}" counts from the start of the first run: raise it, or begin at an earlier checkpoint`;
  return [{ pointer: `/changes/${name}`, code: 'endsBefore', message, hint }];
}

@Injectable()
export class RunForks {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly checkpoints: CheckpointRepository,
    private readonly completion: RunCompletion,
    private readonly inserts: RunInserts,
  ) {}

  /**
   * Queues a run that goes on from a checkpoint of another one. Its spec is complete and names where it comes from.
   * Throws CHECKPOINT_INVALID for weights alone, DATASET_DELETED, RUN_INVALID with a pointer to each reason why it would
   * fail.
   */
  async fork(principal: Principal, runId: string, { checkpoint, changes }: ForkRun): Promise<Run> {
    requireScope(principal, 'write');
    const { parent, origin } = await this.#find(principal, checkId('run', runId), checkpoint);
    const refused = refusals(changes, parent.spec);
    if (refused.length > 0) throw runInvalid(refused);
    const whole = { ...toPosted(parent.spec), ...changes };
    const posted = createRunSchema.safeParse(whole, { error: noteKnownKeys });
    if (!posted.success)
      throw runInvalid(
        relocate(toProblemItems(posted.error.issues, [], undefined, { input: whole }), '/changes'),
      );
    const over = checkEnd(posted.data, parent, origin);
    if (over.length > 0) throw runInvalid(over);
    const completed = await this.completion.complete(principal, posted.data, {
      run: runId,
      checkpoint: origin.id,
      step: origin.step,
    });
    if (completed.spec === null) throw runInvalid(relocate(completed.problems, '/changes'));
    return this.inserts.insert(principal, completed.spec);
  }

  /** A run, and its checkpoint to begin from. */
  async #find(
    { projectId }: Principal,
    runId: string,
    checkpointId: string | undefined,
  ): Promise<{ parent: Parent; origin: CheckpointRow }> {
    return this.database.asProject(projectId, async () => {
      const run = await this.runs.find(projectId, runId);
      if (!run) throw notFound('run', runId);
      requireDataset(run, 'be forked');
      const origin =
        checkpointId === undefined
          ? await this.checkpoints.findResumable(projectId, runId)
          : await this.checkpoints.find(projectId, checkpointId);
      if (checkpointId !== undefined && origin?.run_id !== runId) throw notFound('checkpoint', checkpointId);
      const parent = { spec: runSpecSchema.parse(run.spec), total_steps: run.total_steps };
      if (origin?.resumable) return { parent, origin };
      const what = origin
        ? 'The checkpoint holds weights alone'
        : 'The run has no checkpoint with all of its state';
      const detail = `${what}: a fork needs optimizer state and position as well. "resumable" says which have them.`;
      throw new GradstreamError('CHECKPOINT_INVALID', detail);
    });
  }
}
