import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import {
  onlyInput,
  onlyTensor,
  sizeOf,
  type LayerContext,
  type LayerPlan,
  type LayerType,
  type Shape,
} from '../layer.js';
import { commonConfig } from '../schemas.js';

const slope = z.number().min(0);

/** An elementwise layer without weights. */
export const elementwise = (
  shape: Shape,
  call: (context: LayerContext, x: Tensor) => Tensor,
  flops = 1,
): LayerPlan => ({
  outputs: [shape],
  weights: [],
  flops: flops * sizeOf(shape),
  mask: 'pass',
  call: (context, tensors) => call(context, onlyTensor(tensors)),
});

const reluConfig = z.strictObject({
  ...commonConfig,
  max_value: z.number().min(0).nullable().default(null),
  negative_slope: slope.default(0),
  threshold: z.number().min(0).default(0),
});

/** Keras `ReLU`: x from the threshold on, at most `max_value`; slope · (x - threshold) below. */
export const relu: LayerType<z.infer<typeof reluConfig>> = {
  config: reluConfig,
  build: ({ max_value: most, negative_slope: below, threshold }, inputs) =>
    elementwise(onlyInput(inputs), ({ gs }, x) => {
      const { ops } = gs;
      if (threshold === 0 && below === 0 && most === null) return ops.relu(x);
      if (threshold === 0 && below === 0 && most === 6) return ops.relu6(x);
      if (threshold === 0 && most === null) return ops.leakyRelu(x, below);
      const above = x.mul(x.sub(threshold).step());
      const limited = most === null ? above : above.clipByValue(0, most);
      return below === 0 ? limited : limited.sub(ops.relu(x.neg().add(threshold)).mul(below));
    }),
};

const leakyConfig = z.strictObject({
  ...commonConfig,
  negative_slope: slope.optional(),
  /** Keras 2's name. */
  alpha: slope.optional(),
});

/** Keras `LeakyReLU`: x where it is positive, else slope · x. */
export const leakyRelu: LayerType<z.infer<typeof leakyConfig>> = {
  config: leakyConfig,
  build: ({ negative_slope: negative, alpha }, inputs) =>
    elementwise(onlyInput(inputs), ({ gs }, x) => gs.ops.leakyRelu(x, negative ?? alpha ?? 0.3)),
};

const eluConfig = z.strictObject({ ...commonConfig, alpha: z.number().min(0).default(1) });

/** Keras `ELU`: x where it is positive, else α (exp(x) - 1). */
export const elu: LayerType<z.infer<typeof eluConfig>> = {
  config: eluConfig,
  build: ({ alpha }, inputs) =>
    elementwise(onlyInput(inputs), ({ gs }, x) => {
      if (alpha === 1) return gs.ops.elu(x);
      const negative = gs.tf.minimum(x, 0).expm1();
      return gs.ops.relu(x).add(negative.mul(alpha));
    }),
};
