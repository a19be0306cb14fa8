// Going on from a checkpoint with other settings than those that it was written with.

import { describe, expect, test } from '@jest/globals';
import type { TrainingSettingsInput } from '@gradstream/contracts';
import { listCheckpoints, openCheckpoint, type OpenCheckpoint } from '../checkpoint/checkpoint.js';
import { useEngine } from '../testing/engine.js';
import { dense, graphOf, inFolder, run, SPEC, wedges, type Ran } from '../testing/trainings.js';

const get = useEngine();
const train = wedges(40);
const graph = graphOf([dense(3, { activation: 'softmax' })]);
type Given = Partial<TrainingSettingsInput>;

/** Trains two epochs, then a third one with changes; `use` gets what is wanted of the checkpoint between. */
async function changed(
  before: Given,
  after: Given,
  use: (checkpoint: OpenCheckpoint) => Promise<void> = async () => Promise.resolve(),
): Promise<Ran> {
  return inFolder(async (folder) => {
    const shared = { batchSize: 8, metrics: ['accuracy' as const] };
    await run(get(), graph, { ...shared, epochs: 2, ...before }, { train, checkpoints: { folder, ...SPEC } });
    const resumeFrom = await openCheckpoint((await listCheckpoints(folder)).at(-1)?.folder ?? '');
    try {
      await use(resumeFrom);
      return await run(
        get(),
        graph,
        { ...shared, epochs: 3, ...after },
        { train, resumeFrom, changed: true },
      );
    } finally {
      await resumeFrom.close();
    }
  });
}

describe('what an optimizer did not keep begins anew', () => {
  const sgd = { name: 'sgd' as const, learningRate: 0.05 };

  test('momentum: its first update is that of plain descent, the second one is not', async () => {
    const momentum = { ...sgd, momentum: 0.5 };
    const after = async (optimizer: Given['optimizer'], steps: number): Promise<Ran['weights']> =>
      (await changed({ optimizer: sgd }, { optimizer, limits: { steps } })).weights;
    expect(await after(momentum, 11)).toEqual(await after(sgd, 11));
    expect(await after(momentum, 12)).not.toEqual(await after(sgd, 12));
  });

  test('averages, which begin with the weights of their first update, as in a new training', async () => {
    const ema = { momentum: 1 - 2 ** -20 }; // They hardly move.
    const first = await changed({ optimizer: sgd }, { optimizer: sgd, limits: { steps: 11 } });
    const { weights } = await changed({ optimizer: sgd }, { optimizer: { ...sgd, ema } });
    for (const [name, values] of Object.entries(first.weights))
      values.forEach((value, index) => {
        expect(weights[name]?.[index]).toBeCloseTo(value, 4);
      });
  });

  test('and averages that are no longer kept are the weights from then on', async () => {
    const averaged = { ...sgd, ema: { momentum: 0.5 } };
    const stored = new Map<string, number[]>();
    const { weights } = await changed(
      { optimizer: averaged },
      { epochs: 2, optimizer: sgd },
      async (file) => {
        for (const { name } of file.weights.tensors) {
          const { bytes } = await file.weights.read(name);
          stored.set(name, [...new Float32Array(Uint8Array.from(bytes).buffer)]);
        }
      },
    );
    expect(weights).toEqual(Object.fromEntries(stored));
  });
});

describe('what rules remember', () => {
  const rule = (monitor: string, patience = 1): Given => ({
    optimizer: { name: 'sgd', learningRate: 0.05 },
    earlyStopping: { monitor, patience },
  });

  test('of another series is forgotten: a loss above the best accuracy is no epoch without improvement', async () => {
    const { reason } = await changed(rule('accuracy', 5), rule('loss'));
    expect(reason).toBe('completed');
  });

  test('but not when only its patience is another', async () => {
    const rate = { optimizer: { name: 'sgd' as const, learningRate: 1e-9 } }; // Nothing improves by 0.01.
    const waiting = (patience: number): Given => ({
      ...rate,
      earlyStopping: { monitor: 'loss', patience, minDelta: 0.01 },
    });
    const { reason, steps } = await changed(waiting(5), { ...waiting(2), epochs: 9 });
    // One epoch without improvement before, and one after.
    expect([reason, steps.length]).toEqual(['earlyStopping', 5]);
  });
});
