// The README's quick start by hand, as it stands: its lines, run by bash in a folder like a checkout's.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openSafetensors } from '../support/safetensors.js';
import { startSystem, type System } from '../support/system.js';

jest.setTimeout(180_000);

const root = path.resolve(import.meta.dirname, '../..');
let system: System;
let folder: string;

beforeAll(async () => {
  system = await startSystem();
  folder = await mkdtemp(path.join(tmpdir(), 'gradstream-quick-start-'));
  await symlink(path.join(root, 'examples'), path.join(folder, 'examples'));
  await writeConnection(folder);
});
afterAll(async () => {
  await system.stop();
  await rm(folder, { recursive: true });
});

/** What a start writes down in a checkout. */
async function writeConnection(folder: string): Promise<void> {
  await mkdir(path.join(folder, '.gradstream'));
  const own = { 'server.json': { url: system.url }, 'key.json': { apiKey: system.apiKey } };
  for (const [name, content] of Object.entries(own))
    await writeFile(path.join(folder, '.gradstream', name), JSON.stringify(content));
}

const run = (lines: string, cwd: string): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', lines], { cwd });

/** The block of bash that follows a phrase. */
async function linesAfter(phrase: string): Promise<string> {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const [, rest = ''] = readme.split(phrase);
  const block = /```bash\n(.*?)```/s.exec(rest)?.[1];
  if (block === undefined) throw new Error(`the README has no lines for bash after "${phrase}"`);
  return block;
}

test('a CSV is sent, a model posted, a run followed, its weights downloaded and asked', async () => {
  const lines = await linesAfter('By hand, in the folder of the checkout');
  const { stdout, stderr } = await run(lines, folder);
  expect(stderr).toBe('');
  const [state, ...told] = stdout.trim().split('\n');
  expect(state).toBe('checking');

  // 1,438 of the 1,797 digits are trained on: 45 batches of 32 an epoch.
  const steps = told.filter((line) => / loss=/.test(line)).map((line) => Number(line.split(' ')[0]));
  expect(steps).toEqual(Array.from({ length: 450 }, (_, at) => at + 1));
  const accuracies = told.flatMap((line) => / valAccuracy=(\S+)/.exec(line)?.[1] ?? []).map(Number);
  expect(accuracies).toHaveLength(10);
  expect(accuracies.at(-1)).toBeGreaterThan(0.9);

  const weights = openSafetensors(await readFile(path.join(folder, 'weights.safetensors')));
  expect(Object.values(weights).map(({ shape }) => shape)).toEqual(
    expect.arrayContaining([[64, 32], [32], [32, 10], [10]]),
  );

  const csv = await readFile(path.join(root, 'examples/digits/digits.csv'), 'utf8');
  const label = csv.split('\n')[2]?.split(',').at(-1);
  const answer = JSON.parse(told.at(-1) ?? '') as { data: { class: string }[] };
  expect(answer.data).toEqual([expect.objectContaining({ class: label })]);
});

test('the lines of the predictions go on from there', async () => {
  const quickStart = await linesAfter('By hand, in the folder of the checkout');
  const predict = await linesAfter('With the names of the quick start');
  const { stdout } = await run(`{ ${quickStart} } > /dev/null\n${predict}`, folder);
  const answer = JSON.parse(stdout) as { data: { class: string }[] };
  expect(answer.data).toHaveLength(5);
});

test('a file that is rejected is told of with its problems, and nothing is trained', async () => {
  const own = path.join(folder, 'rejected');
  await mkdir(path.join(own, 'examples/digits'), { recursive: true });
  await writeConnection(own);
  await writeFile(path.join(own, 'examples/digits/digits.csv'), 'p0,label\n1,2\n3\n');
  const ended = run(await linesAfter('By hand, in the folder of the checkout'), own);
  await expect(ended).rejects.toMatchObject({ code: 1, stderr: '' });
  const { stdout } = await ended.catch((error: unknown) => error as { stdout: string });
  expect(stdout).toMatch(/^checking\nThe dataset is rejected:\n[^]*line: 3\b/);
});
