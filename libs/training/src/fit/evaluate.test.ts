// What evaluations and predictions refuse.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { useEngine } from '../testing/engine.js';
import { dense, graphOf, settingsOf, wedges } from '../testing/trainings.js';
import { arrayData, type TrainingData } from './data.js';
import { Evaluator, predict } from './evaluate.js';
import { Training } from './training.js';

const get = useEngine();
let training: Training;
beforeAll(() => {
  training = new Training(get(), graphOf([dense(3, { activation: 'softmax' })]), settingsOf());
});
afterAll(() => {
  training.dispose();
});

const x = (length: number, shape: number[]) => ({ values: new Float32Array(length), shape });
const labels = { values: new Int32Array(2), shape: [] };

test.each<[string, TrainingData]>([
  ['another width', arrayData({ inputs: x(10, [5]), targets: labels })],
  ['two inputs', arrayData({ inputs: [x(8, [4]), x(8, [4])], targets: labels })],
  ['no target', arrayData({ inputs: x(8, [4]) })],
])('%s is a problem of the data, said before the engine sees it', async (what, data) => {
  const refused = expect.objectContaining({ code: 'VALIDATION_FAILED' });
  expect(() => new Evaluator(training, data)).toThrow(refused);
  if (what === 'no target') expect(await predict(training, data)).toHaveLength(1);
  else await expect(predict(training, data)).rejects.toEqual(refused);
});

test.each([0, -1, 1.5, Number.NaN])('a batch size of %p', async (size) => {
  const refused = expect.objectContaining({ code: 'VALIDATION_FAILED' });
  await expect(predict(training, wedges(4), size)).rejects.toEqual(refused);
  const evaluator = new Evaluator(training, wedges(4));
  await expect(evaluator.evaluate(size)).rejects.toEqual(refused);
  evaluator.dispose();
});

test('of no samples there are no predictions', async () => {
  const [none] = await predict(training, arrayData({ inputs: x(0, [4]) }));
  expect(none).toEqual({ shape: [3], values: new Float32Array() });
});
