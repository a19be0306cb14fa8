import { expect, test } from '@jest/globals';
import type { Checkpoint } from '@gradstream/sdk';
import { bestOf, columnsOf, fileNameOf } from './best.js';

const checkpoint = (step: number, metrics: Checkpoint['metrics']) => ({ id: `ckpt_${step}`, step, metrics });

test('less loss is better, more accuracy is, and a mode that is said wins', () => {
  const all = [
    checkpoint(1, { valLoss: 0.5, accuracy: 0.9 }),
    checkpoint(2, { valLoss: 0.2, accuracy: 0.8 }),
    checkpoint(3, { valLoss: 'NaN', accuracy: 0.9 }),
    checkpoint(4, { valLoss: 0.2 }),
  ];
  expect(bestOf(all, { monitor: 'valLoss', mode: 'auto' })).toBe('ckpt_2');
  expect(bestOf(all, { monitor: 'accuracy', mode: 'auto' })).toBe('ckpt_1');
  expect(bestOf(all, { monitor: 'valLoss', mode: 'max' })).toBe('ckpt_1');
  expect(bestOf(all, { monitor: 'score', mode: 'auto' })).toBeNull();
  expect(bestOf([], { monitor: 'valLoss', mode: 'auto' })).toBeNull();
});

test('columns are those that are measured, the watched one first, at most five', () => {
  expect(
    columnsOf(
      [checkpoint(1, { loss: 1, valF1: 1, learningRate: 1 }), checkpoint(2, { valLoss: 2 })],
      'valF1',
    ),
  ).toEqual(['valF1', 'loss', 'valLoss']);
});

test.each([
  ['digits mlp', 'digits-mlp-step-7.zip'],
  ['../a/b: c?', 'a-b-c-step-7.zip'],
  ['日本 42', '日本-42-step-7.zip'],
  ['…', 'run-step-7.zip'],
])('the file of "%s" is %s', (run, file) => {
  expect(fileNameOf(run, 7, 'zip')).toBe(file);
});
