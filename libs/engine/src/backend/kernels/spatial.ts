// Kernels of convolutions, pools and images.

import type { Tensor2D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import { direct, floats, ints, kernelCase, positive, real, result, type KernelCase } from './case.js';

const image = real([2, 6, 7, 3]);
const filter = real([3, 2, 3, 4], 2);
// The gradients of the CPU backend exchange height and width in their shape.
const square = real([2, 6, 6, 3]);
const volume = real([1, 4, 5, 4, 2]);
const filter3d = real([2, 2, 3, 2, 3], 2);
const depthwise = real([3, 2, 3, 2], 2);
// With numbers as padding tfjs works out shapes for square filters only.
const squareFilter = real([3, 3, 3, 4], 2);
const squareDepthwise = real([3, 3, 3, 2], 2);
const dilation = real([2, 3, 3], 4);

/** Attributes of the gradients. */
const same = { strides: [2, 1], pad: 'same', dataFormat: 'NHWC', dimRoundingMode: 'floor' };
const valid = { strides: [1, 2], pad: 'valid', dataFormat: 'NHWC', dimRoundingMode: 'floor' };
const explicit = {
  ...valid,
  strides: [1, 1],
  pad: [
    [0, 0],
    [1, 2],
    [0, 1],
    [0, 0],
  ],
};

const boxes = floats([0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 10, 1, 11, 0, 10.1, 1, 11.1], [4, 4]);
const scores = floats([0.9, 0.75, 0.6, 0.95]);

const convolutions: readonly KernelCase[] = [
  kernelCase('Conv2D', [image, filter], (tf, x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, [2, 1], 'same')),
  kernelCase('Conv2D', [image, filter], (tf, x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 'valid'), {
    note: 'with no padding',
  }),
  kernelCase(
    'Conv2D',
    [image, filter],
    (tf, x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 'valid', 'NHWC', [2, 2]),
    { note: 'with dilation' },
  ),
  kernelCase(
    'Conv2D',
    [image, filter],
    (tf, x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, explicit.pad as [[0, 0], [1, 2], [0, 1], [0, 0]]),
    { note: 'with explicit padding' },
  ),
  kernelCase(
    'Conv2D',
    [real([0, 6, 7, 3]), filter],
    (tf, x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 'same'),
    { note: 'of no images' },
  ),
  kernelCase(
    'Conv2D',
    [image, squareFilter],
    (tf, x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 2, 'NHWC', 1, 'floor'),
    {
      note: 'with padding as a number',
    },
  ),
  kernelCase(
    'DepthwiseConv2dNative',
    [image, squareDepthwise],
    (tf, x: Tensor4D, w: Tensor4D) => tf.depthwiseConv2d(x, w, 1, 2, 'NHWC', 1, 'floor'),
    { note: 'with padding as a number' },
  ),
  kernelCase(
    'DepthwiseConv2dNative',
    [real([0, 6, 7, 3]), depthwise],
    (tf, x: Tensor4D, w: Tensor4D) => tf.depthwiseConv2d(x, w, 1, 'same'),
    { note: 'of no images' },
  ),
  kernelCase(
    'FusedConv2D',
    [image, squareFilter, real([4])],
    (tf, x: Tensor4D, w: Tensor4D, bias) =>
      tf.fused.conv2d({
        x,
        filter: w,
        strides: 1,
        pad: 2,
        dimRoundingMode: 'floor',
        bias,
        activation: 'relu',
      }),
    { note: 'with padding as a number' },
  ),
  kernelCase(
    'FusedConv2D',
    [real([0, 6, 7, 3]), filter, real([4])],
    (tf, x: Tensor4D, w: Tensor4D, bias) =>
      tf.fused.conv2d({ x, filter: w, strides: 1, pad: 'same', bias, activation: 'relu' }),
    { note: 'of no images' },
  ),
  kernelCase('FusedConv2D', [image, filter, real([4])], (tf, x: Tensor4D, w: Tensor4D, bias) =>
    tf.fused.conv2d({ x, filter: w, strides: 1, pad: 'same', bias, activation: 'relu' }),
  ),
  kernelCase(
    'FusedConv2D',
    [image, filter, real([4]), positive([4])],
    (tf, x: Tensor4D, w: Tensor4D, bias, p) =>
      tf.fused.conv2d({
        x,
        filter: w,
        strides: 1,
        pad: 'same',
        bias,
        activation: 'prelu',
        preluActivationWeights: p,
      }),
    { note: 'with prelu' },
  ),
  kernelCase('DepthwiseConv2dNative', [image, depthwise], (tf, x: Tensor4D, w: Tensor4D) =>
    tf.depthwiseConv2d(x, w, 2, 'same'),
  ),
  kernelCase(
    'DepthwiseConv2dNative',
    [image, depthwise],
    (tf, x: Tensor4D, w: Tensor4D) => tf.depthwiseConv2d(x, w, 1, 'valid', 'NHWC', [2, 2]),
    { note: 'with dilation' },
  ),
  kernelCase(
    'FusedDepthwiseConv2D',
    [image, depthwise, real([6])],
    (tf, x: Tensor4D, w: Tensor4D, bias) =>
      tf.fused.depthwiseConv2d({ x, filter: w, strides: 1, pad: 'same', bias, activation: 'elu' }),
    { captureTolerance: 1e-6 },
  ),
  kernelCase('Conv3D', [volume, filter3d], (tf, x: Tensor5D, w: Tensor5D) =>
    tf.conv3d(x, w, [1, 2, 1], 'same'),
  ),
  kernelCase('Dilation2D', [image, dilation], (tf, x: Tensor4D, w: Tensor3D) =>
    tf.dilation2d(x, w, 1, 'same', [2, 1]),
  ),
  direct(
    'Conv2DBackpropFilter',
    { x: image, dy: real([2, 3, 7, 4], 3) },
    { ...same, filterShape: [3, 2, 3, 4] },
  ),
  direct(
    'Conv2DBackpropFilter',
    { x: image, dy: real([2, 4, 3, 4], 3) },
    { ...valid, filterShape: [3, 2, 3, 4] },
    { note: 'with no padding' },
  ),
  direct(
    'Conv2DBackpropFilter',
    { x: image, dy: real([2, 7, 7, 4], 3) },
    { ...explicit, filterShape: [3, 2, 3, 4] },
    { note: 'with explicit padding' },
  ),
  direct('Conv2DBackpropInput', { dy: real([2, 3, 7, 4], 3), filter }, { ...same, inputShape: [2, 6, 7, 3] }),
  direct(
    'Conv2DBackpropInput',
    { dy: real([2, 7, 7, 4], 3), filter },
    { ...explicit, inputShape: [2, 6, 7, 3] },
    { note: 'with explicit padding' },
  ),
  direct(
    'Conv3DBackpropFilterV2',
    { x: volume, dy: real([1, 4, 5, 4, 3], 3) },
    { strides: [1, 1, 1], pad: 'same', filterShape: [2, 2, 3, 2, 3] },
  ),
  direct(
    'Conv3DBackpropInputV2',
    { dy: real([1, 4, 5, 4, 3], 3), filter: filter3d },
    { strides: [1, 1, 1], pad: 'same', inputShape: [1, 4, 5, 4, 2] },
  ),
  direct(
    'DepthwiseConv2dNativeBackpropFilter',
    { x: image, dy: real([2, 6, 7, 6], 3) },
    { ...same, strides: [1, 1], dilations: [1, 1], filterShape: [3, 2, 3, 2] },
  ),
  direct(
    'DepthwiseConv2dNativeBackpropInput',
    { dy: real([2, 6, 7, 6], 3), filter: depthwise },
    { ...same, strides: [1, 1], dilations: [1, 1], inputShape: [2, 6, 7, 3] },
  ),
  direct(
    'DepthwiseConv2dNativeBackpropFilter',
    { x: image, dy: real([2, 7, 7, 6], 3) },
    { ...explicit, dilations: [1, 1], filterShape: [3, 2, 3, 2] },
    { note: 'with explicit padding' },
  ),
  direct(
    'DepthwiseConv2dNativeBackpropInput',
    { dy: real([2, 7, 7, 6], 3), filter: depthwise },
    { ...explicit, dilations: [1, 1], inputShape: [2, 6, 7, 3] },
    { note: 'with explicit padding' },
  ),
  direct(
    'Conv2DBackpropInput',
    { dy: real([0, 3, 7, 4]), filter },
    { ...same, inputShape: [0, 6, 7, 3] },
    { note: 'of no images' },
  ),
  direct(
    'Conv2DBackpropFilter',
    { x: real([0, 6, 7, 3]), dy: real([0, 3, 7, 4]) },
    { ...same, filterShape: [3, 2, 3, 4] },
    { note: 'of no images' },
  ),
  direct(
    'Dilation2DBackpropFilter',
    { x: image, filter: dilation, dy: real([2, 6, 7, 3], 3) },
    { strides: [1, 1], pad: 'same', dilations: [2, 1] },
  ),
  direct(
    'Dilation2DBackpropInput',
    { x: image, filter: dilation, dy: real([2, 6, 7, 3], 3) },
    { strides: [1, 1], pad: 'same', dilations: [2, 1] },
  ),
];

const images: readonly KernelCase[] = [
  kernelCase('FlipLeftRight', [image], (tf, x: Tensor4D) => tf.image.flipLeftRight(x)),
  ...[
    { corners: false, half: false, note: '' },
    { corners: true, half: false, note: 'with aligned corners' },
    { corners: false, half: true, note: 'with half-pixel centres' },
  ].flatMap(({ corners, half, note }) => [
    kernelCase(
      'ResizeBilinear',
      [image],
      (tf, x: Tensor4D) => tf.image.resizeBilinear(x, [9, 4], corners, half),
      { note },
    ),
    kernelCase(
      'ResizeNearestNeighbor',
      [image],
      (tf, x: Tensor4D) => tf.image.resizeNearestNeighbor(x, [9, 4], corners, half),
      { note },
    ),
  ]),
  ...[false, true].flatMap((alignCorners) => [
    direct(
      'ResizeBilinearGrad',
      { images: square, dy: real([2, 9, 4, 3], 3) },
      { alignCorners },
      { note: `with alignCorners ${alignCorners}` },
    ),
    direct(
      'ResizeNearestNeighborGrad',
      { images: square, dy: real([2, 9, 4, 3], 3) },
      { alignCorners },
      { note: `with alignCorners ${alignCorners}` },
    ),
  ]),
  kernelCase(
    'CropAndResize',
    [image, floats([0, 0, 1, 1, 0.2, 0.1, 0.9, 1.3], [2, 4]), ints([1, 0])],
    (tf, x: Tensor4D, at: Tensor2D, which) =>
      tf.image.cropAndResize(x, at, which.as1D(), [3, 4], 'bilinear', 0.5),
  ),
  kernelCase(
    'CropAndResize',
    [image, floats([0, 0, 1, 1, 0.2, 0.1, 0.85, 0.8], [2, 4]), ints([1, 0])],
    (tf, x: Tensor4D, at: Tensor2D, which) => tf.image.cropAndResize(x, at, which.as1D(), [3, 4], 'nearest'),
    { note: 'nearest' },
  ),
  kernelCase(
    'NonMaxSuppressionV3',
    [boxes, scores],
    (tf, at: Tensor2D, x) => tf.image.nonMaxSuppression(at, x.as1D(), 3, 0.5, 0.1),
    { captureError: 'UNKNOWN_SHAPE' },
  ),
  kernelCase('NonMaxSuppressionV4', [boxes, scores], (tf, at: Tensor2D, x) => {
    const found = tf.image.nonMaxSuppressionPadded(at, x.as1D(), 3, 0.5, 0.1, true);
    return [found['selectedIndices'], found['validOutputs']].flatMap((tensor) => tensor ?? []);
  }),
  kernelCase(
    'NonMaxSuppressionV4',
    [boxes, scores],
    (tf, at: Tensor2D, x) => {
      const found = tf.image.nonMaxSuppressionPadded(at, x.as1D(), 3, 0.5, 0.1, false);
      return [found['selectedIndices'], found['validOutputs']].flatMap((tensor) => tensor ?? []);
    },
    { note: 'with no padding', captureError: 'UNKNOWN_SHAPE' },
  ),
  kernelCase(
    'NonMaxSuppressionV5',
    [boxes, scores],
    (tf, at: Tensor2D, x) => {
      const found = tf.image.nonMaxSuppressionWithScore(at, x.as1D(), 3, 0.5, 0.1, 0);
      return [found['selectedIndices'], found['selectedScores']].flatMap((tensor) => tensor ?? []);
    },
    { captureError: 'UNKNOWN_SHAPE' },
  ),
  kernelCase(
    'NonMaxSuppressionV5',
    [boxes, scores],
    (tf, at: Tensor2D, x) => {
      const found = tf.image.nonMaxSuppressionWithScore(at, x.as1D(), 3, 0.5, 0.1, 0.4);
      return [found['selectedIndices'], found['selectedScores']].flatMap((tensor) => tensor ?? []);
    },
    {
      note: 'with soft suppression',
      // A score decays by exp(-overlap^2 / (2 sigma)) (Bodla et al. 2017, equation 4), and the threshold does not count;
      // the CPU backend applies it. Boxes that are shifted by 0.1 overlap by 0.9 / 1.1.
      expected: [
        result([3, 0, 1], [3], 'int32'),
        result([0.95, 0.9, 0.75 * Math.exp(-((0.9 / 1.1) ** 2) / (2 * 0.4))]),
      ],
      captureError: 'UNKNOWN_SHAPE',
    },
  ),
];

export const spatialCases: readonly KernelCase[] = [...convolutions, ...images];
