import { expect, test } from '@jest/globals';
import { useEngine } from '../../testing/engine.js';
import { testGolden } from '../../testing/golden.js';
import { planOf } from '../../testing/layer.js';
import { testLayer } from '../../testing/layerTest.js';

const get = useEngine();

testGolden(get, 'conv1d');
testGolden(get, 'conv2d');
testGolden(get, 'conv3d');
testGolden(get, 'conv1d_transpose');
testGolden(get, 'conv2d_transpose');
testGolden(get, 'depthwise_conv1d');
testGolden(get, 'depthwise_conv2d');
testGolden(get, 'separable_conv1d');
testGolden(get, 'separable_conv2d');
// Groups, dilations with strides, output_padding, three dimensions.
testGolden(get, 'conv1d_more');
testGolden(get, 'conv3d_more');
testGolden(get, 'conv1d_transpose_more');
testGolden(get, 'conv2d_transpose_more');
testGolden(get, 'conv3d_transpose');
testGolden(get, 'depthwise_conv1d_more');
testGolden(get, 'separable_conv2d_more');

const SMALL = { filters: 4, kernel_size: 3 };
testLayer(get, { type: 'Conv1D', config: { ...SMALL, padding: 'causal', strides: 2 }, shapes: [[7, 2]] });
testLayer(get, { type: 'Conv1D', config: { ...SMALL, groups: 2, padding: 'same' }, shapes: [[6, 4]] });
testLayer(get, {
  type: 'Conv2D',
  config: { ...SMALL, groups: 2, dilation_rate: [1, 2], activation: 'tanh' },
  shapes: [[5, 6, 4]],
});
testLayer(get, { type: 'Conv2D', config: { ...SMALL, groups: 2, strides: 2 }, shapes: [[6, 5, 2]] });
testLayer(get, { type: 'Conv3D', config: { ...SMALL, kernel_size: 2, groups: 2 }, shapes: [[3, 3, 3, 4]] });
testLayer(get, {
  type: 'Conv3D',
  config: { ...SMALL, kernel_size: 2, dilation_rate: 2, use_bias: false },
  shapes: [[3, 4, 3, 2]],
});
testLayer(get, {
  type: 'Conv1DTranspose',
  config: { ...SMALL, strides: 3, output_padding: 1 },
  shapes: [[4, 2]],
});
testLayer(get, {
  type: 'Conv2DTranspose',
  config: { ...SMALL, strides: 3, padding: 'same', output_padding: [0, 2] },
  shapes: [[2, 3, 2]],
});
testLayer(get, { type: 'Conv2DTranspose', config: { ...SMALL, dilation_rate: 2 }, shapes: [[3, 4, 2]] });
testLayer(get, {
  type: 'Conv3DTranspose',
  config: { ...SMALL, kernel_size: 2, strides: 2, activation: 'sigmoid' },
  shapes: [[2, 2, 3, 2]],
});
testLayer(get, {
  type: 'DepthwiseConv1D',
  config: { kernel_size: 3, strides: 2, dilation_rate: 2, depth_multiplier: 2 },
  shapes: [[8, 2]],
});
testLayer(get, {
  type: 'DepthwiseConv2D',
  config: { kernel_size: 3, strides: [1, 2], padding: 'same' },
  shapes: [[4, 5, 2]],
});
testLayer(get, {
  type: 'SeparableConv2D',
  config: { ...SMALL, dilation_rate: 2, padding: 'same' },
  shapes: [[5, 4, 2]],
});

test.each([
  ['Conv2D', { ...SMALL, strides: 2, dilation_rate: 2 }, [8, 8, 1], /set one of them to 1/],
  ['Conv2D', { ...SMALL, padding: 'causal' }, [8, 8, 1], /causal padding is for Conv1D/],
  ['Conv2D', { ...SMALL, groups: 3 }, [8, 8, 3], /must divide the number of filters/],
  ['Conv2D', { ...SMALL, groups: 2 }, [8, 8, 3], /2 groups for 3 channels/],
  ['Conv2D', { ...SMALL, data_format: 'channels_first' }, [8, 8, 3], /only channels_last/],
  ['Conv1DTranspose', { ...SMALL, strides: 2, output_padding: 2 }, [8, 3], /smaller than the strides/],
  [
    'Conv1DTranspose',
    { filters: 4, kernel_size: 2, strides: 2, padding: 'same', output_padding: 0 },
    [8, 3],
    /output_padding of 0 for a window of 2/,
  ],
  ['Conv3D', SMALL, [8, 8, 3], /takes \[depth, height, width, channels\]/],
])('%s %j on %j is refused', (type, config, shape, message) => {
  expect(() => planOf(type, config, [shape])).toThrow(message);
});

// By hand: multiply-adds count two, a bias one.
test.each([
  ['Conv2D', { filters: 8, kernel_size: 3, groups: 2 }, [6, 6, 4], 4 * 4 * 8 * (2 * 9 * 2 + 1)],
  ['Conv1DTranspose', { filters: 2, kernel_size: 3, strides: 2 }, [5, 4], 5 * 4 * 3 * 2 * 2 + 11 * 2],
  ['DepthwiseConv1D', { kernel_size: 3, depth_multiplier: 2 }, [5, 4], 3 * 8 * (2 * 3 + 1)],
  ['SeparableConv1D', { filters: 5, kernel_size: 3, use_bias: false }, [5, 4], 3 * (4 * 6 + 5 * 8)],
])('the work of %s %j on %j', (type, config, shape, flops) => {
  expect(planOf(type, config, [shape]).flops).toBe(flops);
});
