// Kernels of tfjs-node-gpu that are replaced, each for the reason that stands beside it.

import type { NamedAttrMap } from '@tensorflow/tfjs';
import type { Attribute } from '../native/attributes.js';
import { convolutionOverrides } from './convolutions.js';
import { BACKEND_NAME, input, typeOf, type KernelParts, type Override } from './override.js';
import { poolOverrides } from './pools.js';
import { boolAttribute, intsAttribute } from './runtime.js';

/** TensorFlow's op knows floats only; no integer is special. */
const ofFloatsOnly =
  (otherwise: 0 | 1): Override =>
  ({ tf }, original) =>
  (args) => {
    const x = input(args, 'x');
    return x.dtype === 'float32' ? original(args) : tf.fill(x.shape, otherwise, 'bool');
  };

const OVERRIDES: Readonly<Record<string, Override>> = {
  ...convolutionOverrides,
  ...poolOverrides,

  // The original shares the record, but a variable's record stands for state that changes in place: a clone of one,
  // which tfjs makes for every gradient too, gets a record with the value of now.
  Identity:
    ({ backend, binding }, original) =>
    (args) => {
      const x = input(args, 'x');
      const [id = 0] = backend.getInputTensorIds([x], 'Identity');
      if (!binding.isVariable(id)) return original(args);
      return backend.executeSingleOutput('Identity', [typeOf(backend, 'T', x)], [x]);
    },

  // The original disposes its integer input.
  Exp:
    ({ tf }, original) =>
    (args) => {
      const x = input(args, 'x');
      if (x.dtype !== 'int32') return original(args);
      return tf.tidy(() => tf.exp(tf.cast(x, 'float32')));
    },

  IsNan: ofFloatsOnly(0),
  IsInf: ofFloatsOnly(0),
  IsFinite: ofFloatsOnly(1),

  // The original asks integers whether they are NaN.
  Step:
    ({ tf }, original) =>
    (args) => {
      const x = input(args, 'x');
      if (x.dtype === 'float32') return original(args);
      const { alpha } = args.attrs as unknown as { alpha: number };
      return tf.tidy(() =>
        tf.where(tf.greater(x, tf.zerosLike(x)), tf.onesLike(x), tf.fill(x.shape, alpha, x.dtype)),
      );
    },

  // The original names the type of the input, and not of the floats that it takes the mean of.
  Mean:
    ({ tf }, original) =>
    (args) => {
      const x = input(args, 'x');
      if (x.dtype === 'float32') return original(args);
      const floats = tf.cast(x, 'float32');
      try {
        return original({ ...args, inputs: { x: floats } });
      } finally {
        floats.dispose();
      }
    },

  // The original reads the indices, which stops the pipeline, and cannot be done in a capture. TensorFlow checks them.
  GatherV2:
    ({ tf, backend }) =>
    (args) => {
      const [x, indices] = [input(args, 'x'), input(args, 'indices')];
      const { axis, batchDims } = args.attrs as unknown as { axis: number; batchDims: number };
      const axisTensor = tf.scalar(axis, 'int32');
      try {
        return backend.executeSingleOutput(
          'GatherV2',
          [
            intsAttribute('batch_dims', batchDims),
            typeOf(backend, 'Tparams', x),
            typeOf(backend, 'Tindices', indices),
            typeOf(backend, 'Taxis', axisTensor),
          ],
          [x, indices, axisTensor],
        );
      } finally {
        axisTensor.dispose();
      }
    },

  // The original refuses probabilities.
  Multinomial:
    ({ tf }, original) =>
    (args) => {
      const { normalized } = args.attrs as unknown as { normalized: boolean };
      if (!normalized) return original(args);
      const logits = tf.log(input(args, 'logits'));
      try {
        return original({ ...args, inputs: { logits }, attrs: { ...args.attrs, normalized: false } });
      } finally {
        logits.dispose();
      }
    },

  ResizeBilinearGrad:
    ({ backend }) =>
    (args) => {
      const images = input(args, 'images');
      const resize = [...resizeAttributes(args.attrs), typeOf(backend, 'T', images)];
      return backend.executeSingleOutput('ResizeBilinearGrad', resize, [input(args, 'dy'), images]);
    },

  ResizeNearestNeighborGrad:
    ({ tf, backend }) =>
    (args) => {
      const images = input(args, 'images');
      const size = tf.tensor1d(images.shape.slice(1, 3), 'int32');
      try {
        const resize = [...resizeAttributes(args.attrs), typeOf(backend, 'T', images)];
        return backend.executeSingleOutput('ResizeNearestNeighborGrad', resize, [input(args, 'dy'), size]);
      } finally {
        size.dispose();
      }
    },
};

/** How an image was resized; the originals forget the centres of the pixels. */
function resizeAttributes(attrs: NamedAttrMap | undefined): Attribute[] {
  const { alignCorners, halfPixelCenters = false } = attrs as unknown as {
    alignCorners: boolean;
    halfPixelCenters?: boolean;
  };
  return [
    boolAttribute('align_corners', alignCorners),
    boolAttribute('half_pixel_centers', halfPixelCenters),
  ];
}

/** Puts our kernels in the place of those that tfjs-node-gpu registered. */
export function overrideKernels(parts: KernelParts): void {
  const { tf } = parts;
  const registered = tf.getKernelsForBackend(BACKEND_NAME);
  for (const [kernelName, override] of Object.entries(OVERRIDES)) {
    const original = registered.find((config) => config.kernelName === kernelName);
    if (!original) throw new Error(`tfjs-node-gpu registers ${kernelName}`);
    tf.unregisterKernel(kernelName, BACKEND_NAME);
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: override(parts, original.kernelFunc),
    });
  }
}
