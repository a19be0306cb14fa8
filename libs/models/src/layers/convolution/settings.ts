// What all convolutions are set by, and how they end.

import type { Tensor, Tensor1D } from '@gradstream/engine';
import { z } from 'zod';
import { activationSchema, type Activation } from '../../activations/index.js';
import { initializerSchema } from '../../initializers/index.js';
import type { LayerContext } from '../layer.js';
import {
  commonConfig,
  constraint,
  dataFormatSchema,
  lengthsSchema,
  paddingSchema,
  regularizer,
} from '../schemas.js';

export type Rank = 1 | 2 | 3;

/** How a window of `rank` axes slides. */
export const slidingConfig = (rank: Rank) => ({
  kernel_size: lengthsSchema(rank),
  strides: lengthsSchema(rank).prefault(1),
  padding: paddingSchema.default('valid'),
  data_format: dataFormatSchema,
  dilation_rate: lengthsSchema(rank).prefault(1),
});

/** What layers with a depthwise kernel may hold. */
export const depthwiseConfig = {
  ...commonConfig,
  depth_multiplier: z.int().positive().default(1),
  activation: activationSchema.prefault('linear'),
  use_bias: z.boolean().default(true),
  depthwise_initializer: initializerSchema.prefault('glorot_uniform'),
  depthwise_regularizer: regularizer,
  depthwise_constraint: constraint,
  bias_initializer: initializerSchema.prefault('zeros'),
  bias_regularizer: regularizer,
  bias_constraint: constraint,
  activity_regularizer: regularizer,
};

interface Sliding {
  readonly strides: readonly number[];
  readonly dilation_rate: readonly number[];
}

/** Keras and TensorFlow know strides or dilations, not both. */
export const strideOrDilation = ({ strides, dilation_rate }: Sliding): boolean =>
  strides.every((stride) => stride === 1) || dilation_rate.every((rate) => rate === 1);

export const STRIDE_OR_DILATION = {
  error: 'strides above 1 do not go with a dilation_rate above 1: set one of them to 1',
  path: ['dilation_rate'],
};

interface End {
  readonly use_bias: boolean;
  readonly activation: Activation;
}

/** The bias and the activation that end a convolution. */
export function finish(context: LayerContext, sum: Tensor, { use_bias, activation }: End): Tensor {
  const biased = use_bias ? context.gs.ops.biasAdd(sum, context.weight('bias') as Tensor1D) : sum;
  return context.activate(biased, activation);
}
