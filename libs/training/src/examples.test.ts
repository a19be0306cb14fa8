// The examples of the documentation, run as a reader would: on what was built, each in a process of its own.

import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const folder = path.resolve(import.meta.dirname, '../../../examples/training');
const built = path.resolve(import.meta.dirname, '../dist/index.js');
if (!existsSync(built)) throw new Error(`${built} is missing: run npm run build`);

const PATIENCE_MS = 240_000;

/** The numbers that follow a name in the lines of an example, in order. */
async function numbersOf(example: string, pattern: RegExp): Promise<number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(folder, example)]);
  return [...stdout.matchAll(pattern)].map((match) => Number(match[1]));
}
const VALIDATION_ACCURACY = /accuracy \d\.\d+ \(validation (\d\.\d+)\)/g;

test(
  'the digits reach 0.96 with a dense network',
  async () => {
    const accuracies = await numbersOf('digits-mlp.mjs', VALIDATION_ACCURACY);
    expect(Math.max(...accuracies)).toBeGreaterThanOrEqual(0.96);
  },
  PATIENCE_MS,
);

test(
  'and with a convolutional one',
  async () => {
    const accuracies = await numbersOf('digits-cnn.mjs', VALIDATION_ACCURACY);
    expect(accuracies).toHaveLength(20);
    expect(Math.max(...accuracies)).toBeGreaterThan(0.93);
  },
  PATIENCE_MS,
);

test(
  'an LSTM learns to add two marked numbers',
  async () => {
    const losses = await numbersOf('lstm-adding.mjs', /loss \d\.\d+ \(validation (\d\.\d+)\)/g);
    expect(losses).toHaveLength(20);
    expect(Math.min(...losses)).toBeLessThan(0.01); // One sixth when nothing was learned.
  },
  PATIENCE_MS,
);

test(
  'a transformer learns whether a token comes twice',
  async () => {
    const accuracies = await numbersOf('transformer-duplicates.mjs', VALIDATION_ACCURACY);
    expect(Math.max(...accuracies)).toBeGreaterThan(0.9);
  },
  PATIENCE_MS,
);
