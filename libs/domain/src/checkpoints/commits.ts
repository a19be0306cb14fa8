// How a checkpoint comes to exist: its files are noted, uploaded, and then held by one row, under the attempt's fence. A
// note that no row takes back makes the cleanup remove the file, so that nothing is left of what a worker did not finish.

import { GradstreamError, runSpecSchema } from '@gradstream/contracts';
import {
  CheckpointRepository,
  DeletedObjectRepository,
  FrameRepository,
  type CheckpointFile,
  type CheckpointRow,
  type RunRow,
} from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { newId } from '../common/ids.js';
import { UNCOMMITTED_MS } from '../common/uncommitted.js';
import { AttemptFence } from '../runs/fence.js';
import type { ClaimedAttempt } from '../runs/starts.js';
import { eventFrame } from '../runs/states.js';
import { filesOf, isWhole } from './files.js';
import { CheckpointRemoval } from './removal.js';
import { toDelete } from './retention.js';

/** How long files stay that others took the place of, in ms: who was given them has them read by then. */
const REPLACED_MS = 60 * 60_000;

/** A checkpoint whose files are stored already. */
export interface StoredCheckpoint {
  readonly step: number;
  readonly epoch: number;
  readonly files: readonly CheckpointFile[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** A file by its content. */
interface FileContent {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Hash of the weights among the files of a checkpoint. */
const weightsHashOf = (files: readonly CheckpointFile[]): string | undefined =>
  files.find(({ name }) => name === 'model.safetensors')?.sha256;

const keysOf = (files: readonly CheckpointFile[]): string[] => files.map(({ objectKey }) => objectKey);
const keysHeldBy = (row: CheckpointRow | undefined): string[] => (row ? keysOf(filesOf(row)) : []);

@Injectable()
export class CheckpointCommits {
  constructor(
    private readonly fence: AttemptFence,
    private readonly checkpoints: CheckpointRepository,
    private readonly frames: FrameRepository,
    private readonly objects: DeletedObjectRepository,
    private readonly removal: CheckpointRemoval,
  ) {}

  /**
   * Says where the files of a checkpoint go: to keys of their content that belong to this checkpoint alone, so that it
   * can go without asking who else needs them. What its row holds already is not noted, for no commit may follow. Again
   * is no error. Throws ATTEMPT_FENCED.
   */
  async plan(
    claimed: ClaimedAttempt,
    step: number,
    files: readonly FileContent[],
  ): Promise<CheckpointFile[]> {
    const { projectId, runId, attempt } = claimed;
    const folder = `projects/${projectId}/checkpoints/${runId}/${attempt}/${step}`;
    const planned = files.map(({ name, bytes, sha256 }) => ({
      name,
      objectKey: `${folder}/${sha256}/${name}`,
      bytes,
      sha256,
    }));
    await this.fence.run(claimed, async (run) => {
      const held = keysHeldBy(await this.checkpoints.findOfStep(run, step));
      const fresh = keysOf(planned).filter((key) => !held.includes(key));
      await this.objects.plan(projectId, fresh, new Date(Date.now() + UNCOMMITTED_MS));
    });
    return planned;
  }

  /**
   * Makes stored files the checkpoint of their step, and deletes those that the run's spec does not keep besides it. Another
   * one of the step, such as that with the best weights at the end, takes its place and keeps its id, for pins and forks as
   * well; the same one changes nothing. Throws ATTEMPT_FENCED, and CONFLICT when the files waited so long that they may be
   * gone.
   */
  async commit(claimed: ClaimedAttempt, stored: StoredCheckpoint): Promise<void> {
    await this.fence.run(claimed, async (run) => {
      const before = await this.checkpoints.findOfStep(run, stored.step);
      const held = keysHeldBy(before);
      const keys = keysOf(stored.files);
      await this.#keepNew(
        run,
        keys.filter((key) => !held.includes(key)),
      );
      const content = { ...stored, resumable: isWhole(stored.files) };
      const id = before?.id ?? newId('checkpoint');
      const replaced = held.filter((key) => !keys.includes(key));
      if (before) {
        await this.checkpoints.replace(before, content);
        await this.objects.plan(run.project_id, replaced, new Date(Date.now() + REPLACED_MS));
      } else await this.checkpoints.insert(run, { id, ...content });
      if (!before || weightsHashOf(filesOf(before)) !== weightsHashOf(stored.files))
        await this.#tell(run, id, stored);
      await this.#retain(run, id);
    });
  }

  /** Tells followers that a checkpoint has weights that they do not know. */
  async #tell(run: RunRow, id: string, { step, epoch }: StoredCheckpoint): Promise<void> {
    await this.frames.append(run, [
      eventFrame({ step, epoch }, { type: 'checkpointed', checkpointId: id, step }),
    ]);
  }

  /** Takes back the notes of files that no row held before. */
  async #keepNew({ project_id: projectId }: RunRow, keys: readonly string[]): Promise<void> {
    if ((await this.objects.keep(projectId, keys)) === keys.length) return;
    const detail = 'The files of the checkpoint were not noted, or waited for their row for more than a day.';
    throw new GradstreamError('CONFLICT', detail);
  }

  /** Deletes the checkpoints that are not to be kept, now that a newer one exists. */
  async #retain(run: RunRow, newest: string): Promise<void> {
    const policy = runSpecSchema.parse(run.spec).checkpoints;
    if (policy.keepLast === null) return;
    // A statement before the one that reads: pins and forks that it waited for are then seen.
    await this.checkpoints.lockAll(run.project_id, run.id);
    const rows = await this.checkpoints.listForRetention(run.project_id, run.id);
    const retained = rows.map((row) => ({
      row,
      step: row.step,
      metrics: Object.fromEntries(
        row.metric_names.map((name, i) => [name, row.metric_values[i] ?? Number.NaN]),
      ),
      needed: row.needed === true || row.id === newest,
      takenBack: row.taken_back === true,
    }));
    await this.removal.removeRows(
      run.project_id,
      toDelete(retained, policy).map(({ row }) => row),
    );
  }
}
