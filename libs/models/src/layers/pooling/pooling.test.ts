import { expect, test } from '@jest/globals';
import type { Tensor } from '@gradstream/engine';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { gradientsOf, planOf, runLayer } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();

for (const rank of [1, 2, 3]) {
  testGolden(get, `max_pooling${rank}d`);
  testGolden(get, `average_pooling${rank}d`);
  testGolden(get, `global_max_pooling${rank}d`);
  testGolden(get, `global_average_pooling${rank}d`);
}
testLayer(get, { type: 'MaxPooling2D', config: { pool_size: [3, 2], strides: [1, 2] }, shapes: [[4, 5, 2]] });
testLayer(get, { type: 'AveragePooling3D', config: { padding: 'same', strides: 1 }, shapes: [[2, 3, 2, 2]] });
testLayer(get, { type: 'GlobalMaxPooling2D', shapes: [[3, 4, 2]] });
testLayer(get, { type: 'GlobalAveragePooling1D', config: { keepdims: true }, shapes: [[4, 2]] });

test.each([true, false])(
  'an average of steps leaves out those that a mask says no to, keepdims %s',
  (keepdims) => {
    const gs = get();
    const { tf } = gs;
    const plan = planOf('GlobalAveragePooling1D', { keepdims }, [[3, 2]]);
    const x = tf.tensor([1, 2, 3, 4, 50, 60, 7, 8, 9, 10, 11, 12, 1, 1, 1, 1, 1, 1], [3, 3, 2]);
    const mask = tf.tensor2d([1, 1, 0, 1, 1, 1, 0, 0, 0], [3, 3], 'bool');
    const { outputs, mask: passed } = runLayer(gs, plan, { inputs: [x], weights: [], masks: [mask] });
    // By hand; a sample of padding alone is 0.
    expect(Array.from(outputs[0]?.dataSync() ?? [])).toEqual([2, 3, 9, 10, 0, 0]);
    expect(outputs[0]?.shape).toEqual(keepdims ? [3, 1, 2] : [3, 2]);
    expect(passed).toBeNull();
  },
);

test('equal maxima share the gradient', () => {
  const gs = get();
  const plan = planOf('GlobalMaxPooling1D', {}, [[4, 2]]);
  const x = gs.tf.tensor([3, 1, 3, 0, 2, 1, 1, 1], [1, 4, 2]);
  const run = (inputs: readonly Tensor[]) => runLayer(gs, plan, { inputs, weights: [] }).outputs;
  const [gradient] = gradientsOf(gs, run, [gs.tf.tensor2d([6, 9], [1, 2])], [x]);
  // TensorFlow's rule: 6 / 2 to each of two, 9 / 3 to each of three.
  expect(Array.from(gradient?.dataSync() ?? [])).toEqual([3, 3, 3, 0, 0, 3, 0, 3]);
});

test.each([
  ['MaxPooling2D', { pool_size: 5 }, [4, 8, 1], /window of 5 on a length of 4/],
  ['AveragePooling1D', { pool_size: [2, 2] }, [4, 8], /a positive integer, or one of them in a list/],
  ['GlobalMaxPooling1D', {}, [4, 8, 1], /takes \[steps, channels\]/],
])('%s %j on %j is refused', (type, config, shape, message) => {
  expect(() => planOf(type, config, [shape])).toThrow(message);
});
