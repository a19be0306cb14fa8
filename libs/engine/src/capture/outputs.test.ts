// Steps of scripts without types, which return something else than a list of tensors.

import { expect, test } from '@jest/globals';
import type { Branch } from './condition.js';
import type { Step } from './trace.js';
import { codeOf, useEngine } from '../testing.js';

const engine = useEngine();

const scalar = () => engine().tf.scalar(1);
const BAD: Record<string, [body: () => unknown, message: RegExp]> = {
  nothing: [() => undefined, /returned undefined: return a list of tensors/],
  'a tensor without a list': [scalar, /returned a single tensor/],
  'an object': [() => ({ loss: scalar() }), /returned an object \(Object\)/],
  'a list with a number in it': [() => [scalar(), 2], /returned a list whose item 1 is 2/],
  'a promise': [async () => Promise.resolve([scalar()]), /is an async function/],
  'a promise that fails': [async () => Promise.reject(new Error('later')), /is an async function/],
};

test.each(Object.entries(BAD))('a step or a branch that returns %s is told', (_, [body, message]) => {
  const { tf } = engine();
  for (const executor of ['captured', 'eager'] as const) {
    for (const stepsPerCall of [1, 2]) {
      const step = engine().capture(body as Step, { executor, stepsPerCall });
      const run = () => step.run(tf.ones([2]));
      expect(codeOf(run)).toBe('INVALID_ARGUMENT');
      expect(run).toThrow(message);
      expect(run).toThrow(/^the step /);
      step.dispose();
    }
    const branches = engine().capture((x) => engine().condition(x, body as Branch, () => [scalar()]), {
      executor,
    });
    const run = () => branches.run(tf.scalar(true, 'bool'));
    expect(codeOf(run)).toBe('INVALID_ARGUMENT');
    expect(run).toThrow(/^a branch of a condition /);
    branches.dispose();
  }
  const good = engine().capture((x) => [x.add(1)]);
  expect(good.run(tf.scalar(1))[0]?.dataSync()[0]).toBe(2);
  good.dispose();
});
