import { describe, expect, test } from '@jest/globals';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { codeOf, useEngine } from '../testing.js';

const engine = useEngine();
const values = (tensors: readonly Tensor[]): number[] => tensors.flatMap((tensor) => [...tensor.dataSync()]);

describe.each(['captured', 'eager'] as const)('a condition in a step that runs %s', (executor) => {
  test('may return what it did not make: an input, a value from before it, a variable', () => {
    const { tf } = engine();
    const weight: Variable = engine().variable(tf.scalar(5));
    const step = engine().capture(
      (x) => {
        const before = x.mul(10);
        const branch = (factor: number) => () => [x, before, weight, x.mul(factor)];
        const results = engine().condition(x.greater(0), branch(2), branch(3));
        return [...results, x.add(before).add(weight)];
      },
      { executor },
    );
    expect(values(step.run(tf.scalar(1)))).toEqual([1, 10, 5, 2, 16]);
    expect(values(step.run(tf.scalar(-1)))).toEqual([-1, -10, 5, -3, -6]);
    expect(weight.isDisposed).toBe(false);
    step.dispose();
    weight.dispose();
  });

  test('lets no gradient through', () => {
    const { tf } = engine();
    const weight = engine().variable(tf.scalar(3));
    const step = engine().capture(
      (x) => {
        const loss = (): Tensor => {
          const branch = (factor: number) => () => [weight.mul(factor), weight];
          const outputs = engine().condition(x.greater(0), branch(2), branch(7));
          return outputs.reduce((sum, output) => sum.add(output), weight.square());
        };
        const { value, grads } = tf.variableGrads(() => loss().asScalar(), [weight]);
        return [value, grads[weight.name] ?? x];
      },
      { executor },
    );
    expect(values(step.run(tf.scalar(1)))).toEqual([18, 6]); // w² + 2w + w, and 2w: the branch is a constant to it.
    step.dispose();
    weight.dispose();
  });
});

test.each([
  ['shapes', (): Tensor | null => engine().tf.ones([3])],
  ['types', (): Tensor | null => engine().tf.ones([2], 'int32')],
  ['numbers of outputs', (): Tensor | null => null],
] as const)('branches that differ in their %s are refused', (_, other) => {
  const { tf } = engine();
  const step = engine().capture((x) => {
    const made = (): Tensor[] => [other() ?? []].flat();
    return engine().condition(x.greater(0), () => [tf.ones([2])], made);
  });
  expect(codeOf(() => step.run(tf.scalar(-1)))).toBe('INVALID_ARGUMENT');
  expect(() => step.run(tf.scalar(-1))).toThrow(/branches of a condition return different tensors/);
  step.dispose();
});
