// The example of the documentation, run as a reader would: on the built engine, in a process of its own.

import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../../../examples/engine/train-mlp.mjs', import.meta.url));
const built = fileURLToPath(new URL('../dist/index.js', import.meta.url));
if (!existsSync(built)) throw new Error(`${built} is missing: run npm run build`);

const PATIENCE_MS = 120_000;

test(
  'the example trains its network and prints the losses and the speed',
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [script]);
    const [, first, last, rate] =
      /^loss (\d+\.\d{3}) → (\d+\.\d{3}), (\d+) samples\/s\n$/.exec(stdout)?.map(Number) ?? [];
    // Ten classes: nothing is known at the start (ln 10 = 2.3, more where weights are random), most at the end.
    expect(first).toBeGreaterThan(2);
    expect(first).toBeLessThan(10);
    expect(last).toBeLessThan(1);
    expect(rate).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);
