// Runs on the command line: lists, summaries, tags, and who stops following. The workers' part is played.

import { beforeAll, expect, jest, test } from '@jest/globals';
import { Attempts } from '@gradstream/domain';
import { Gradstream } from '@gradstream/sdk';
import { useApi } from '../support/app.js';
import { storeCheckpoint } from '../support/checkpoints.js';
import { runCli, type Written } from '../support/cli.js';
import { newProject } from '../support/projects.js';
import { definition, frameOf, readyDataset } from '../support/runs.js';

jest.setTimeout(120_000);

const SPEC = {
  model: definition,
  inputs: [{ columns: ['a', 'b'] }],
  target: { column: 'y', task: 'classification' as const },
  loss: 'sparseCategoricalCrossentropy',
};

const api = useApi();
let client: Gradstream;
let apiKey = '';
const trained: Record<string, string> = {};

beforeAll(async () => {
  const project = await newProject(api);
  ({ apiKey } = project);
  client = new Gradstream({ url: api.url, apiKey });
  const dataset = await readyDataset(api, project.principal);
  const attempts = api.app.get(Attempts);
  const losses = { good: [3, 0.123456789], bad: [2, 2.5], fresh: [] };
  for (const [name, values] of Object.entries(losses)) {
    const { id } = await client.runs.create({ ...SPEC, name, dataset, batchSize: 8 });
    trained[name] = id;
    if (values.length === 0) continue;
    const claim = await attempts.claim(id, 'w1');
    if (!claim) throw new Error('the run was not claimed');
    await attempts.started(claim, { totalSteps: 4 });
    const frames = values.map((loss, at) => frameOf(at + 1, { loss }));
    await attempts.appendFrames(claim, frames, await attempts.position(claim));
    await storeCheckpoint(api, claim, { step: 2 });
    if (name === 'bad') await attempts.finish(claim, { state: 'cancelled' });
  }
});

/** What a command wrote, and its exit code. */
const run = (args: readonly string[]): Promise<Written> => runCli(args, { url: api.url, apiKey });

/** The cells of a table's rows. */
const cells = (out: readonly string[]): string[][] => out.slice(1).map((line) => line.split(/ {2,}/));

test('runs are listed as the dashboard has them, filtered and sorted', async () => {
  const all = await run(['runs', 'list']);
  expect(all.out[0]?.split(/ {2,}/)).toEqual([
    ...['id', 'name', 'state', 'progress', 'best metric', 'duration', 'dataset', 'model', 'created'],
  ]);
  expect(cells(all.out).map(([, name, state]) => [name, state])).toEqual([
    ['fresh', 'queued'],
    ['bad', 'cancelled'],
    ['good', 'running'],
  ]);
  expect(cells(all.out)[2]?.slice(3, 5)).toEqual(['50 %', 'loss 0.12346']);
  const named = async (...args: string[]) =>
    cells((await run(['runs', 'list', ...args])).out).map(([, name]) => name);
  expect(await named('--sort', 'loss')).toEqual(['good', 'bad', 'fresh']);
  expect(await named('--sort', 'loss:max:asc')).toEqual(['bad', 'good', 'fresh']);
  expect(await named('--sort', 'name')).toEqual(['bad', 'fresh', 'good']);
  expect(await named('--state', 'running,cancelled')).toEqual(['bad', 'good']);
  expect(await named('--search', 'GOO')).toEqual(['good']);
  const first = await run(['runs', 'list', '--sort', 'loss', '--limit', '1']);
  expect(first.out[2]).toMatch(/^There are 3 in all; to go on, add: --after \S+$/);
  const { out } = await run(['runs', 'list', '--sort', 'loss', '--json', '--limit', '1']);
  expect(JSON.parse(out.join('\n'))).toMatchObject({
    data: [{ id: trained['good'], summary: { loss: { min: 0.123456789, last: 0.123456789 } } }],
    ...{ hasMore: true, total: 3 },
  });
  const unknown = await run(['runs', 'list', '--sort', 'los']);
  expect(unknown.err).toEqual(['None of these runs has "los". Did you mean "loss"?']);
});

test('a summary tells all that is known of a run', async () => {
  const id = trained['good'] ?? '';
  const { out } = await run(['runs', 'get', id]);
  expect(out[0]).toBe(`${id}  good`);
  expect(out).toEqual(
    expect.arrayContaining([
      'state       running',
      expect.stringMatching(/^progress {4}step 2 of 4 \(50 %\), epoch 1, /),
      expect.stringMatching(/^dataset {5}ds_\w+ {2}d$/),
      expect.stringMatching(/^ {2}batchSize +8$/),
      expect.stringMatching(/^ {2}loss +0\.12346 +0\.12346 +2$/),
      expect.stringMatching(/^checkpoints 1, the latest ckpt_\w+ \(step 2, /),
      `dashboard   ${api.url}/runs/${id}`,
    ]),
  );
  const bad = await run(['runs', 'get', trained['bad'] ?? '']);
  expect(bad.out[1]).toMatch(/^state {7}cancelled: cancelled by a request$/);
  const json = await run(['runs', 'get', id, '--json']);
  expect(JSON.parse(json.out.join('\n'))).toMatchObject({
    id,
    spec: { batchSize: 8 },
    metrics: { loss: 0.123456789 },
  });
});

test('runs are tagged one by one, and found by their tags', async () => {
  const id = trained['good'] ?? '';
  expect((await run(['runs', 'tag', id, 'a', 'b'])).out).toEqual(['a, b']);
  expect((await run(['runs', 'tag', id, 'c', '--remove', 'a'])).out).toEqual(['b, c']);
  const found = await run(['runs', 'list', '--tag', 'b', '--tag', 'c']);
  expect(cells(found.out).map(([first]) => first)).toEqual([id]);
});

test('runs go on when their follower is interrupted', async () => {
  const id = trained['good'] ?? '';
  const follower = await runCli(['runs', 'follow', id], { url: api.url, apiKey, interruptAt: 'attempt 1' });
  expect([follower.code, follower.err[0]]).toEqual([130, expect.stringContaining('The run goes on.')]);
  expect((await client.runs.get(id)).state).toBe('running');
});
