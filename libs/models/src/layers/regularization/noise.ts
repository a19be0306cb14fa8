import { z } from 'zod';
import { onlyInput, type LayerType } from '../layer.js';
import { commonConfig, seedSchema } from '../schemas.js';
import { dropConfig, whileTraining } from './dropout.js';

const noiseConfig = z.strictObject({ ...commonConfig, stddev: z.number().min(0), seed: seedSchema });

/** Keras `GaussianNoise`: in training, adds a normal of mean 0. */
export const gaussianNoise: LayerType<z.infer<typeof noiseConfig>> = {
  config: noiseConfig,
  build: ({ stddev }, inputs) =>
    whileTraining(onlyInput(inputs), ({ gs, seed }, x) => {
      if (stddev === 0) return x;
      return x.add(gs.random.statelessNormal(x.shape, seed()).mul(stddev));
    }),
};

const gaussianDropConfig = z.strictObject(dropConfig);

/** Keras `GaussianDropout` (Srivastava et al., JMLR 15, 2014, section 10): times a normal of mean 1, variance rate / (1 - rate). */
export const gaussianDropout: LayerType<z.infer<typeof gaussianDropConfig>> = {
  config: gaussianDropConfig,
  build: ({ rate }, inputs) => {
    const stddev = Math.sqrt(rate / (1 - rate));
    return whileTraining(onlyInput(inputs), ({ gs, seed }, x) => {
      if (rate === 0) return x;
      return x.mul(gs.random.statelessNormal(x.shape, seed()).mul(stddev).add(1));
    });
  },
};

const alphaConfig = z.strictObject({
  ...dropConfig,
  noise_shape: z.null({ error: 'noise_shape is not supported: leave it out' }).optional(),
});

/** What selu tends to from below: -scale · α (Klambauer et al., NeurIPS 2017). */
const SATURATION = -1.0507009873554805 * 1.6732632423543772;

/** Keras `AlphaDropout`: drops to selu's negative limit, then keeps mean 0 and variance 1 by an affine map. */
export const alphaDropout: LayerType<z.infer<typeof alphaConfig>> = {
  config: alphaConfig,
  build: ({ rate }, inputs) => {
    const a = ((1 - rate) * (1 + rate * SATURATION ** 2)) ** -0.5;
    const b = -a * SATURATION * rate;
    return whileTraining(onlyInput(inputs), ({ gs, seed }, x) => {
      if (rate === 0) return x;
      const kept = gs.random.statelessUniform(x.shape, seed()).greaterEqual(rate).cast('float32');
      const dropped = x.mul(kept).add(kept.mul(-SATURATION).add(SATURATION));
      return dropped.mul(a).add(b);
    });
  },
};
