// What a machine decides for itself: how often norms are told, and what steps compute in. Neither changes what is learnt.

import { describe, expect, jest, test } from '@jest/globals';
import path from 'node:path';
import { openCheckpoint } from '../checkpoint/checkpoint.js';
import { useEngine } from '../testing/engine.js';
import { dense, graphOf, inFolder, layer, mlp, run, SPEC, wedges } from '../testing/trainings.js';
import type { StatisticsRateEvent } from './events.js';

const get = useEngine();
jest.setTimeout(60_000); // Several forms of a step are traced.
const train = wedges(40);
const auto = { normsEverySteps: 'auto', fullEverySteps: null } as const;
describe('norms at a measured rate', () => {
  const convolution = layer('Conv1D', { filters: 4, kernel_size: 2, activation: 'relu' });
  const normalized = [
    dense(8),
    layer('BatchNormalization'),
    layer('ReLU'),
    dense(3, { activation: 'softmax' }),
  ];
  const networks = {
    'a dense network': graphOf(mlp),
    'batch normalization': graphOf(normalized),
    'a convolution': graphOf([
      layer('Reshape', { target_shape: [4, 1] }),
      convolution,
      layer('Flatten'),
      dense(3),
    ]),
  };
  const forms = [
    { precision: 'float32', executor: 'captured' },
    { precision: 'bfloat16', executor: 'captured' },
    { precision: 'float32', executor: 'eager' },
  ] as const;
  test.each(
    Object.entries(networks).flatMap(([name, graph]) =>
      forms.map((form) => [name, form.precision, form.executor, graph] as const),
    ),
  )('and any other leave the same weights (%s, %s, %s)', async (_, precision, executor, graph) => {
    const settings = { batchSize: 8, epochs: 3, precision, executor };
    const rates = [
      { normsEverySteps: null },
      { normsEverySteps: 1 },
      { normsEverySteps: 3 },
      { normsEverySteps: 'auto' },
      { fullEverySteps: 2 },
    ] as const;
    const weights = [];
    for (const statistics of rates)
      weights.push((await run(get(), graph, { ...settings, statistics }, { train })).weights);
    for (const other of weights.slice(1)) expect(other).toEqual(weights[0]);
  });

  test('are told at each second step until it is chosen, once; then at the rate that was told', async () => {
    const chosen: StatisticsRateEvent[] = [];
    const settings = { batchSize: 8, epochs: 30, statistics: auto };
    const onStatisticsRate = (rate: StatisticsRateEvent): unknown => chosen.push(rate);
    const { steps } = await run(get(), graphOf(mlp), settings, { train, onStatisticsRate });
    expect(chosen).toHaveLength(1);
    const [{ every, step: at } = { every: 0, step: 0 }] = chosen;
    // 31 calls with norms and 31 without, of four an epoch that count.
    expect(at).toBeGreaterThanOrEqual(5 * 15);
    expect(at).toBeLessThanOrEqual(5 * 16);
    const told = steps.filter(({ layers }) => layers.length > 0).map(({ step }) => step);
    const isDue = (step: number): boolean => {
      const [epoch, place] = [Math.floor((step - 1) / 5), (step - 1) % 5];
      // The call after the choice was prepared before it, unless it begins an epoch.
      const isMeasured = step <= at || (step === at + 1 && place > 0);
      return isMeasured ? (epoch + place) % 2 === 1 : step % every === 0;
    };
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
      await run(get(), graphOf(mlp), settings, { ...options, shouldStop: () => calls++ >= 100 });
      const resumeFrom = await openCheckpoint(path.join(folder, 'step-100'));
      const { steps } = await run(get(), graphOf(mlp), settings, { ...options, resumeFrom });
      await resumeFrom.close();
      expect(chosen).toHaveLength(1);
      const told = steps.filter(({ layers }) => layers.length > 0).map(({ step }) => step);
      const [{ every } = { every: 0 }] = chosen;
      expect(told).toEqual(steps.map(({ step }) => step).filter((step) => step % every === 0));
    });
  });

  test('are told at each tenth step under XLA, whose forms may round differently', async () => {
    const settings = { batchSize: 8, epochs: 5, executor: 'xla', statistics: auto } as const;
    const onStatisticsRate = (): never => {
      throw new Error('nothing is to be chosen');
    };
    const { steps } = await run(get(), graphOf([dense(3)]), settings, { train, onStatisticsRate });
    const told = steps.filter(({ layers }) => layers.length > 0).map(({ step }) => step);
    expect(told).toEqual([10, 20]);
  });
});

test('the norm that clipping takes is told at each step, before and after', async () => {
  const statistics = { normsEverySteps: 2, fullEverySteps: null };
  const settings = { batchSize: 8, epochs: 2, statistics, clip: { globalNorm: 0.25 } };
  const { steps } = await run(get(), graphOf(mlp), settings, { train });
  for (const { gradientNorm, clippedGradientNorm } of steps) {
    expect(gradientNorm).toBeGreaterThan(0);
    expect(clippedGradientNorm).toBeCloseTo(Math.min(gradientNorm ?? Number.NaN, 0.25), 6);
  }
  // The norm of all is that of the layers' together.
  for (const { layers, gradientNorm } of steps.filter(({ layers }) => layers.length > 0))
    expect(gradientNorm).toBeCloseTo(Math.hypot(...layers.map(({ norm }) => norm)), 5);
});

describe('the precision that a machine chooses', () => {
  const settings = { batchSize: 8, epochs: 2 };

  test('is bfloat16 where the processor has AMX for it, else float32', async () => {
    const own = get().describe().cpu.features.includes('amx_bf16');
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
