// A worker of the tests in collective.test.ts: joins the cluster, does what the input says, reports.

import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Tensor } from '@tensorflow/tfjs';
import type { Engine } from '../engine.js';
import { EngineError } from '../errors.js';
import { startEngine } from '../runtime/start.js';
import type { ClusterOptions } from './cluster.js';
import { runWorker } from './launch.js';
import { trainer } from './testNetwork.js';

const numbers = (tensors: readonly Tensor[]): number[][] => tensors.map((tensor) => [...tensor.dataSync()]);

/** How an operation failed, after how long, and whether the engine computes afterwards. */
async function failureOf({ tf }: Engine, work: () => Promise<unknown>): Promise<unknown> {
  const began = performance.now();
  const error: unknown = await work().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof EngineError)) throw new Error(`no error of the engine: ${String(error)}`);
  const { code, message } = error;
  return {
    code,
    message,
    seconds: (performance.now() - began) / 1000,
    sum: tf.tensor1d([1, 2]).sum().dataSync()[0],
  };
}

type Scenario = (engine: Engine, input: Readonly<Record<string, unknown>>) => unknown;

const scenarios: Readonly<Record<string, Scenario>> = {
  /** Every operation, op by op and captured, on numbers that differ by worker. */
  operations({ tf, collective }) {
    const mine = [tf.tensor1d([1, 2, 3]).mul(collective.rank + 1), tf.scalar(10 * (collective.rank + 1))];
    const whole = [tf.tensor1d([collective.rank, 7], 'int32')];
    return {
      sum: numbers(collective.allReduceSum(mine)),
      mean: numbers(collective.allReduceMean(mine)),
      apart: numbers(collective.allReduceMean(mine, { bucketElements: 0 })),
      integers: numbers(collective.allReduceSum(whole)),
      fromLast: numbers(collective.broadcast(mine, collective.size - 1)),
    };
  },

  /** The same in a captured step, which is traced for two shapes, by each worker in another order. */
  captured(engine) {
    const { tf, collective } = engine;
    const step = engine.capture((x) => [
      ...collective.allReduceMean([x.sum(), x.mean()]),
      ...collective.broadcast([x.max()]),
    ]);
    const inputs = [tf.ones([4, 2]), tf.fill([3], 5)];
    if (collective.rank === 1) inputs.reverse();
    return [...inputs, ...inputs].map((input) => numbers(step.run(input)).flat());
  },

  /** Data-parallel training; this worker's part of each batch. */
  train(engine, { steps, batch }) {
    const { collective } = engine;
    const { step, weights, batchOf } = trainer(engine, (gradients) => collective.allReduceMean(gradients));
    const size = Number(batch) / collective.size;
    const losses: number[] = [];
    for (let i = 0; i < Number(steps); i++) {
      const [x, y] = batchOf(i % 2, Number(batch)).map((part) => part.slice(collective.rank * size, size));
      if (x && y) losses.push(step.run(x, y, engine.tf.scalar(i + 1))[0]?.dataSync()[0] ?? Number.NaN);
    }
    const values = weights.map((weight) => weight.dataSync());
    const hash = createHash('sha256');
    for (const value of values) hash.update(value);
    return { values, digest: hash.digest('hex'), losses };
  },

  /** The last worker is killed in the middle of training. */
  killed(engine) {
    const { tf, collective } = engine;
    const step = engine.capture((x) => collective.allReduceSum([x]));
    return failureOf(engine, async () => {
      for (let i = 0; i < 1000; i++) {
        if (collective.rank > 0 && i === 20) process.kill(process.pid, 'SIGKILL');
        await step.runAsync([tf.scalar(i)]);
        await delay(50);
      }
    });
  },

  /** Workers that disagree about a shape. */
  shapes(engine) {
    const { tf, collective } = engine;
    const x = tf.ones([3 + collective.rank]);
    return failureOf(engine, async () => engine.capture(() => collective.allReduceSum([x])).runAsync([]));
  },

  /** The last worker does not come. */
  async absent(engine) {
    const { tf, collective } = engine;
    if (collective.rank > 0) await delay(4000);
    return failureOf(engine, async () => Promise.resolve(collective.allReduceSum([tf.scalar(1)])));
  },

  /** The last worker does not come, and the first gives up: one step by its signal, all later ones by hand. */
  async aborted(engine) {
    const { tf, collective } = engine;
    collective.allReduceSum([tf.scalar(1)]);
    if (collective.rank > 0) {
      await delay(1500);
      return null;
    }
    const step = engine.capture(() => collective.allReduceSum([tf.ones([2])]));
    const bySignal = await failureOf(engine, () => step.runAsync([], { signal: AbortSignal.timeout(500) }));
    collective.abort('the run was stopped');
    const byAbort = await failureOf(engine, () => step.runAsync([]));
    return { bySignal, byAbort };
  },
};

runWorker(async (cluster: ClusterOptions, given: unknown) => {
  const input = given as Record<string, unknown>;
  if (Number(input['lateWorker'] ?? -1) === cluster.taskIndex) await delay(1500);
  const engine = startEngine({ device: 'cpu', intraOpThreads: 1, interOpThreads: 2, collective: cluster });
  return scenarios[String(input['scenario'])]?.(engine, input);
});
