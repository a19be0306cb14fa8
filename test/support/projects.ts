// Projects with one of everything in them.

import type { CreateRun } from '@gradstream/contracts';
import { BLOCK, Database, PredictionRepository, ProjectRepository } from '@gradstream/data';
import {
  ApiKeys,
  Attempts,
  Checkpoints,
  Models,
  Runs,
  type ClaimedAttempt,
  type Principal,
} from '@gradstream/domain';
import { randomBytes } from 'node:crypto';
import { startApi, type TestApi } from './app.js';
import { storeCheckpoint } from './checkpoints.js';
import { definition, frameOf, readyDataset, specOf } from './runs.js';

export interface TestProject {
  readonly principal: Principal;
  /** The secret of its admin key. */
  readonly apiKey: string;
}

/** A new project with an admin key. */
export async function newProject({ app }: TestApi): Promise<TestProject> {
  const projectId = `prj_${randomBytes(16).toString('hex')}`;
  await app.get(Database).asSystem(() => app.get(ProjectRepository).insert(projectId, 'other'));
  const keys = app.get(ApiKeys);
  const maker: Principal = { projectId, keyId: 'none', scopes: ['admin'] };
  const { secret } = await keys.create(maker, { name: 'admin', scopes: ['admin'] });
  return { apiKey: secret, principal: await keys.authenticate(secret) };
}

/** The key of a new project, for a server that runs already: the project is empty, whatever other tests have made. */
export async function emptyProjectKey(): Promise<string> {
  const maker = await startApi();
  try {
    return (await newProject(maker)).apiKey;
  } finally {
    await maker.stop();
  }
}

/** Ids of one of each noun, by the segment of its path. */
export type Ids = Readonly<Record<'apiKeys' | 'datasets' | 'models' | 'runs' | 'checkpoints', string>>;

/** A run that has trained two steps and left a checkpoint, as a worker would have made it. */
async function trainedRun(api: TestApi, principal: Principal, spec: CreateRun): Promise<ClaimedAttempt> {
  const run = await api.app.get(Runs).create(principal, spec);
  const attempts = api.app.get(Attempts);
  const claim = await attempts.claim(run.id, 'test');
  if (!claim) throw new Error('the run was not claimed');
  await attempts.started(claim, { totalSteps: 2 });
  await attempts.appendFrames(claim, [frameOf(1), frameOf(2)], await attempts.position(claim));
  // Enough for a block that is summed up.
  const norms = Array.from({ length: BLOCK }, () => ({ ...frameOf(2), kind: 'gradients' as const }));
  await attempts.appendFrames(claim, norms, await attempts.position(claim));
  await storeCheckpoint(api, claim, { step: 2, metrics: { loss: 2 } });
  await attempts.finish(claim, { state: 'succeeded' });
  return claim;
}

/** A prediction that was answered, and not yet taken away. */
async function answeredPrediction(
  { app }: TestApi,
  { projectId }: Principal,
  checkpointId: string,
): Promise<void> {
  const id = `pred_${randomBytes(16).toString('hex')}`;
  const predictions = app.get(PredictionRepository);
  await app.get(Database).asSystem(async () => {
    await predictions.insert({ id, projectId, checkpointId, datasetId: null, request: { rows: [[1, 2]] } });
    await predictions.answer(id, { ok: false });
  });
}

/** One of each noun. The run has ended and is of its own model and dataset. */
export async function populate(api: TestApi, principal: Principal): Promise<Ids> {
  const datasets = await readyDataset(api, principal);
  const model = await api.app.get(Models).create(principal, { name: 'm', definition });
  const { runId } = await trainedRun(api, principal, specOf(datasets, { model: model.id }));
  const page = await api.app.get(Checkpoints).list(principal, runId, { limit: 1 });
  const key = await api.app.get(ApiKeys).create(principal, { name: 'k', scopes: ['read'] });
  const checkpoints = page.data[0]?.id ?? '';
  await answeredPrediction(api, principal, checkpoints);
  return { apiKeys: key.id, datasets, models: model.id, runs: runId, checkpoints };
}
