// Attributes that many ops share.

import { intsAttribute, stringAttribute, type Runtime } from '../backend/runtime.js';
import type { Attribute } from '../native/attributes.js';

/** Padding of windows as Keras and TensorFlow mean it. */
export type Padding = 'valid' | 'same';

export const NHWC = stringAttribute('data_format', 'NHWC');

/** The type attribute of ops on float32. */
export const floatType = (runtime: Runtime): Attribute => runtime.typeAttribute('T', 'float32');

/** A shape as an int32 tensor. */
export const shapeTensor = ({ tf }: Runtime, shape: readonly number[]) => tf.tensor1d([...shape], 'int32');

/** Strides and padding of a window over the middle dimensions. */
export const windowAttributes = (strides: readonly number[], padding: Padding): Attribute[] => [
  intsAttribute('strides', [1, ...strides, 1]),
  stringAttribute('padding', padding.toUpperCase()),
];
