import { afterEach, expect, test } from '@jest/globals';
import { fromTrainerSchema, type FromTrainer, type ToTrainer } from '@gradstream/contracts';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TrainerProcess } from './process.js';
import { WarmTrainers } from './warm.js';

const pools: WarmTrainers[] = [];
const taken: TrainerProcess[] = [];

function poolOf(count: number, file = 'trainer.mjs'): WarmTrainers {
  const program = path.join(import.meta.dirname, '../runs/fixtures', file);
  const pool = new WarmTrainers({
    program,
    cwd: tmpdir(),
    count,
    tensorflowDir: '',
    threads: 1,
  });
  pools.push(pool);
  return pool;
}

function take(pool: WarmTrainers): TrainerProcess {
  const trainer = pool.take();
  taken.push(trainer);
  return trainer;
}

/** The first word of a trainer that nobody heard so far. */
const firstWord = (trainer: TrainerProcess): Promise<FromTrainer> =>
  new Promise((resolve, reject) => {
    trainer.listen({ protocol: fromTrainerSchema, onMessage: resolve, onViolation: reject });
  });

afterEach(async () => {
  pools.splice(0).forEach((pool) => {
    pool.stop();
  });
  for (const trainer of taken.splice(0)) {
    trainer.kill();
    await trainer.ended;
  }
});

test('one that waits is taken, and what it said before is heard', async () => {
  const pool = poolOf(1);
  pool.refill();
  const trainer = take(pool);
  expect(pool.size).toBe(0);
  const start = { runId: 'run_1', attempt: 1, spec: { name: 'writes a line' }, workFolder: tmpdir() };
  trainer.send({ type: 'start', ...start } as ToTrainer); // The fixture reads the name alone.
  await trainer.ended;
  const said: string[] = [];
  trainer.listen({
    protocol: fromTrainerSchema,
    onMessage: ({ type }) => said.push(type),
    onViolation: (error) => said.push(error.message),
  });
  expect(said).toEqual(['ready', 'finished']);
});

test('so many wait as are asked for, whatever trains', () => {
  const pool = poolOf(2);
  pool.refill();
  take(pool);
  expect(pool.size).toBe(1);
  pool.refill();
  expect(pool.size).toBe(2);
});

test('another waits when a run has ended', async () => {
  const pool = poolOf(1);
  const trainer = take(pool);
  expect(pool.size).toBe(0);
  trainer.kill();
  await trainer.ended;
  expect(pool.size).toBe(1);
});

test('with none that waits, a new one is as good', async () => {
  expect(await firstWord(take(poolOf(0)))).toEqual({ type: 'ready' });
});

test('one that died while it waited is given to no run', async () => {
  const pool = poolOf(1, 'no such program.mjs');
  pool.refill();
  while (pool.size > 0) await delay(5);
  await take(pool).ended;
  // Nor is one after another started that would die as well.
  expect(pool.size).toBe(1);
});

test('none waits after a stop', async () => {
  const pool = poolOf(1);
  const trainer = take(pool);
  pool.stop();
  trainer.kill();
  await trainer.ended;
  expect(pool.size).toBe(0);
});
