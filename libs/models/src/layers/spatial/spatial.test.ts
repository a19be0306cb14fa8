import { expect, test } from '@jest/globals';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { planOf } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();

for (const rank of [1, 2, 3]) {
  testGolden(get, `cropping${rank}d`);
  testGolden(get, `zero_padding${rank}d`);
  testGolden(get, `up_sampling${rank}d`);
}
testLayer(get, { type: 'Cropping2D', config: { cropping: [1, [0, 2]] }, shapes: [[4, 4, 2]] });
testLayer(get, { type: 'ZeroPadding3D', config: { padding: [0, [1, 2], 1] }, shapes: [[2, 2, 2, 2]] });
testLayer(get, { type: 'UpSampling1D', config: { size: 3 }, shapes: [[4, 2]] });
testLayer(get, { type: 'UpSampling3D', config: { size: [1, 3, 2] }, shapes: [[2, 2, 3, 2]] });
testLayer(get, {
  type: 'UpSampling2D',
  config: { size: [3, 1], interpolation: 'bilinear' },
  shapes: [[3, 4, 2]],
});

test.each([
  ['Cropping1D', {}, [3, 2], [1, 2]],
  ['Cropping2D', {}, [3, 3, 2], [3, 3, 2]],
  ['Cropping3D', {}, [3, 4, 5, 2], [1, 2, 3, 2]],
  ['ZeroPadding1D', {}, [3, 2], [5, 2]],
  ['ZeroPadding2D', { padding: [2, 0] }, [3, 3, 2], [7, 3, 2]],
  ['UpSampling1D', {}, [3, 2], [6, 2]],
])('%s %j, with the defaults of Keras, makes of %j %j', (type, config, shape, output) => {
  expect(planOf(type, config, [shape]).outputs).toEqual([output]);
});

test.each([
  ['Cropping1D', { cropping: [2, 1] }, [3, 2], /crops 2 \+ 1 positions of a length of 3/],
  ['Cropping2D', { cropping: [1, 2, 3] }, [3, 3, 2], /a list of 2 integers or pairs/],
  ['ZeroPadding1D', { padding: -1 }, [3, 2], /expected number to be >=0/],
  ['UpSampling2D', { interpolation: 'bicubic' }, [3, 3, 2], /only nearest and bilinear/],
  ['UpSampling3D', { interpolation: 'bilinear' }, [3, 3, 3, 2], /only nearest for this layer/],
])('%s %j on %j is refused', (type, config, shape, message) => {
  expect(() => planOf(type, config, [shape])).toThrow(message);
});
