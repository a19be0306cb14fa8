// What a machine decides for itself: how often norms are told, and what steps compute in. Neither changes what is learnt.

import { describe, expect, jest, test } from '@jest/globals';
import path from 'node:path';
import { listCheckpoints, openCheckpoint } from '../checkpoint/checkpoint.js';
import { useEngine } from '../testing/engine.js';
import { dense, graphOf, inFolder, layer, mlp, run, SPEC, wedges } from '../testing/trainings.js';
import type { StatisticsRateEvent } from './events.js';

const get = useEngine();
jest.setTimeout(60_000); // Several forms of a step are traced.
const train = wedges(40);
const auto = { normsEverySteps: 'auto', fullEverySteps: null } as const;
/** Steps until the rate is chosen: 33 pairs of calls. */
const MEASURED = 66;

describe('norms at a measured rate', () => {
  const convolution = layer('Conv1D', { filters: 4, kernel_size: 2, activation: 'relu' });
  const normalized = [
    dense(8),
    layer('BatchNormalization'),
    layer('ReLU'),
    dense(3, { activation: 'softmax' }),
  ];
  test.each([
    ['a dense network', graphOf(mlp)],
    ['batch normalization', graphOf(normalized)],
    [
      'a convolution',
      graphOf([layer('Reshape', { target_shape: [4, 1] }), convolution, layer('Flatten'), dense(3)]),
    ],
  ])('and any other leave the same weights (%s)', async (_, graph) => {
    const rates = [null, 1, 3, 'auto'] as const;
    const weights = [];
    for (const normsEverySteps of rates) {
      const statistics = { normsEverySteps, fullEverySteps: null };
      weights.push((await run(get(), graph, { batchSize: 8, epochs: 3, statistics }, { train })).weights);
    }
    weights.push(
      (await run(get(), graph, { batchSize: 8, epochs: 3, statistics: { fullEverySteps: 2 } }, { train }))
        .weights,
    );
    for (const other of weights.slice(1)) expect(other).toEqual(weights[0]);
  });

  test('are told at each second step until it is chosen, once; then at the rate that was told', async () => {
    const chosen: StatisticsRateEvent[] = [];
    const settings = { batchSize: 8, epochs: 20, statistics: auto };
    const onStatisticsRate = (rate: StatisticsRateEvent): unknown => chosen.push(rate);
    const { steps } = await run(get(), graphOf(mlp), settings, { train, onStatisticsRate });
    expect(chosen).toEqual([
      { every: expect.any(Number), cost: expect.any(Number), step: MEASURED, epoch: 14 },
    ]);
    const [{ every } = { every: 0 }] = chosen;
    const told = steps.filter(({ layers }) => layers.length > 0).map(({ step }) => step);
    // The call after the choice was prepared before it.
    const isDue = (step: number): boolean => step % (step <= MEASURED + 1 ? 2 : every) === 0;
    expect(told).toEqual(steps.map(({ step }) => step).filter(isDue));
  });

  test('stay at it after a stop', async () => {
    await inFolder(async (folder) => {
      const chosen: StatisticsRateEvent[] = [];
      const options = {
        train,
        checkpoints: { folder, ...SPEC },
        onStatisticsRate: (rate: StatisticsRateEvent): unknown => chosen.push(rate),
      };
      const settings = { batchSize: 8, epochs: 40, statistics: auto };
      let calls = 0;
      await run(get(), graphOf(mlp), settings, { ...options, shouldStop: () => calls++ >= 80 });
      const newest = (await listCheckpoints(folder)).at(-1);
      const resumeFrom = await openCheckpoint(newest?.folder ?? '');
      const { steps } = await run(get(), graphOf(mlp), settings, { ...options, resumeFrom });
      await resumeFrom.close();
      expect(chosen).toHaveLength(1);
      const told = steps.filter(({ layers }) => layers.length > 0).map(({ step }) => step);
      const [{ every } = { every: 0 }] = chosen;
      expect(told).toEqual(steps.map(({ step }) => step).filter((step) => step % every === 0));
    });
  });
});

describe('the precision that a machine chooses', () => {
  const settings = { batchSize: 8, epochs: 2 };

  test('is bfloat16 where the processor multiplies it, else float32', async () => {
    const own = get()
      .describe()
      .cpu.features.some((flag) => ['avx512_bf16', 'amx_bf16'].includes(flag));
    const expected = own ? 'bfloat16' : 'float32';
    const told = await run(get(), graphOf(mlp), { ...settings, precision: expected }, { train });
    const chosen = await run(get(), graphOf(mlp), { ...settings, precision: 'auto' }, { train });
    expect(chosen.weights).toEqual(told.weights);
  });

  test.each(['float32', 'bfloat16'] as const)(
    'is that of the checkpoint for a training that goes on, whatever the machine (%s)',
    async (precision) => {
      const whole = await run(get(), graphOf(mlp), { ...settings, precision }, { train });
      await inFolder(async (folder) => {
        const options = { train, checkpoints: { folder, ...SPEC } };
        let calls = 0;
        const stopped = { ...options, shouldStop: () => calls++ >= 3 };
        await run(get(), graphOf(mlp), { ...settings, precision }, stopped);
        const resumeFrom = await openCheckpoint(path.join(folder, 'step-3'));
        expect(resumeFrom.manifest.execution.precision).toBe(precision);
        const auto = { ...settings, precision: 'auto' } as const;
        const resumed = await run(get(), graphOf(mlp), auto, { ...options, resumeFrom });
        await resumeFrom.close();
        expect([resumed.inexact, resumed.weights]).toEqual([[], whole.weights]);
      });
    },
  );
});
