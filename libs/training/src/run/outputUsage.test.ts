import { expect, test } from '@jest/globals';
import { lossSettingsSchema, type RunTarget } from '@gradstream/contracts';
import { graphFrom } from '../testing/trainings.js';
import { learnedOutputs } from './learnedOutputs.js';
import { describeOutputs, outputClasses } from './outputUsage.js';

const graph = graphFrom({
  inputs: [{ name: 'x', shape: [2] }],
  layers: {
    kind: { type: 'dense', units: 2, activation: 'softmax', inputs: 'x' },
    price: { type: 'dense', units: 1, inputs: 'x' },
  },
  outputs: ['kind', 'price'],
});
const target: RunTarget = { column: 'y', task: 'regression', missing: 'refuse' };
const each = { loss: lossSettingsSchema.parse('mse'), weight: 1, classWeights: null };
const learned = learnedOutputs(
  { target: { outputs: { price: target, kind: target } }, loss: { outputs: { kind: each, price: each } } },
  graph,
);
const kind = {
  ...{ name: 'kind', columns: ['y'], classes: ['no', 'yes'] },
  target: { ...target, task: 'classification' as const },
};
const price = { name: 'price', columns: ['z'], classes: null, target };
const metadata = (outputs: Parameters<typeof describeOutputs>[0]): Map<string, string> =>
  new Map(Object.entries(describeOutputs(outputs)));

test('classes are found by the name of the output, in the order of the model', () => {
  expect(learned.map(({ name, index }) => [name, index])).toEqual([
    ['kind', 0],
    ['price', 1],
  ]);
  expect(outputClasses(metadata([price, kind]), learned, ['other'])).toEqual([['no', 'yes'], null]);
});

test.each([
  ['without the outputs', new Map<string, string>()],
  ['without one of them', metadata([kind])],
  ['of another form', new Map([['outputs', '{"kind":1}']])],
])('metadata %s are refused', (_, given) => {
  expect(() => outputClasses(given, learned, null)).toThrow(
    expect.objectContaining({ code: 'CHECKPOINT_INVALID' }),
  );
});
