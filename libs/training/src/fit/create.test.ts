// What a script begins with: definitions and settings as they are written, and slips that are answered in words.

import { describe, expect, test } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { checkGradients } from '../diagnostics/gradientCheck.js';
import { openCheckpoint } from '../checkpoint/checkpoint.js';
import { useEngine } from '../testing/engine.js';
import { graphOf, inFolder, dense, mlp, settingsOf, wedges, weightsOf } from '../testing/trainings.js';
import { createTraining } from './create.js';
import { arrayData, type ArrayData } from './data.js';
import { fit } from './fit.js';
import type { FitOptions } from './options.js';
import { Training } from './training.js';

const get = useEngine();
const layers = [{ type: 'dense', units: 3, activation: 'softmax', input: [4] }];
const loss = 'sparseCategoricalCrossentropy' as const;

test('a definition may be the text that Keras returns', () => {
  const [text, object] = [JSON.stringify(layers), layers].map((given) => {
    const training = createTraining(get(), given, { loss });
    const weights = weightsOf(training);
    training.dispose();
    return weights;
  });
  expect(text).toEqual(object);
  expect(() => createTraining(get(), '{', { loss })).toThrow(/no JSON/);
});

test('all that is wrong with settings is in the message', () => {
  const settings = { loss, epochs: 0, batchsize: 3 } as unknown as { loss: typeof loss };
  expect(() => createTraining(get(), layers, settings)).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_FAILED',
      detail: expect.stringMatching(/\/epochs[^]*\/batchsize|\/batchsize[^]*\/epochs/),
    }),
  );
});

test('checkpoints need a folder alone, which is made, and resume', async () => {
  await inFolder(async (parent) => {
    const folder = path.join(parent, 'my', 'checkpoints');
    const settings = { loss, epochs: 2, batchSize: 8 };
    const ran = createTraining(get(), layers, settings);
    await fit(ran, { train: wedges(16), checkpoints: { folder } });
    expect((await readdir(folder)).sort()).toEqual(['step-2', 'step-4']);
    const resumeFrom = await openCheckpoint(path.join(folder, 'step-2'));
    const resumed = createTraining(get(), layers, settings);
    await fit(resumed, { train: wedges(16), checkpoints: { folder }, resumeFrom });
    expect(weightsOf(resumed)).toEqual(weightsOf(ran));
    const other = createTraining(get(), layers, { ...settings, epochs: 3 });
    await expect(
      fit(other, { train: wedges(16), checkpoints: { folder }, resumeFrom }),
    ).rejects.toMatchObject({
      code: 'CHECKPOINT_INVALID',
    });
    await resumeFrom.close();
    for (const training of [ran, resumed, other]) training.dispose();
  });
});

describe('slips', () => {
  const { arrays } = wedges(8);
  const inputs = arrays?.inputs ?? [];
  const labels = (values: Float32Array | Int32Array) => arrayData({ inputs, targets: { values, shape: [] } });
  test.each([
    ['a label that is no class', labels(Int32Array.of(0, 1, 2, 3, 0, 0, 0, 0)), /label 3.*from 0 to 2/],
    ['half a label', labels(Float32Array.of(0, 0.5, 0, 0, 0, 0, 0, 0)), /label 0.5/],
    [
      'as many values in another shape',
      arrayData({ inputs: { values: new Float32Array(32), shape: [2, 2] }, targets: arrays?.targets ?? [] }),
      /shape \[2, 2\].*takes \[4\]/,
    ],
  ])('%s', async (_, train, message) => {
    const training = new Training(get(), graphOf(mlp), settingsOf());
    await expect(fit(training, { train })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      detail: expect.stringMatching(message),
    });
    training.dispose();
  });

  test.each([
    ['a misspelt option', { train: wedges(8), valdation: wedges(8) }, /no option "valdation".*validation/],
    ['no data', {}, /"train" of fit takes the data/],
    ['a folder in place of a checkpoint', { train: wedges(8), resumeFrom: 'step-1' }, /openCheckpoint/],
    ['a listener that is none', { train: wedges(8), onStep: 'yes' }, /"onStep" of fit takes a function/],
  ])('%s', async (_, given, message) => {
    const training = new Training(get(), graphOf(mlp), settingsOf());
    await expect(fit(training, given as unknown as FitOptions)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      detail: expect.stringMatching(message),
    });
    training.dispose();
  });

  test('lists of numbers instead of arrays with a shape', () => {
    const given = { inputs: [[1, 2]] } as unknown as ArrayData;
    expect(() => arrayData(given)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
  });

  test('float16 where there is no GPU', () => {
    expect(() => createTraining(get(), layers, { loss, precision: 'float16' })).toThrow(/needs a GPU/);
  });
});

test('gradients of weights of one element are checked', async () => {
  const training = new Training(get(), graphOf([dense(1)]), settingsOf({ loss: 'meanSquaredError' }));
  const { arrays } = wedges(4);
  const { tensors } = await checkGradients(training, {
    count: 4,
    inputs: arrays?.inputs ?? [],
    targets: [{ values: Float32Array.of(1, 2, 3, 4), shape: [1] }],
    weights: [],
  });
  training.dispose();
  expect(tensors.map(({ verdict }) => verdict)).toEqual(['agrees', 'agrees']);
});
