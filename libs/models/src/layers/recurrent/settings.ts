import { z } from 'zod';
import { activationSchema, activationShape, type Activation } from '../../activations/index.js';
import { initializerSchema } from '../../initializers/index.js';
import { SettingError, type Shape, type WeightSpec } from '../layer.js';
import { commonConfig, constraint, kernelConfig, regularizer, seedSchema } from '../schemas.js';

const share = z.number().min(0).lt(1, 'must be below 1: nothing would be left').default(0);

/** What all recurrent layers have. */
export const sequenceConfig = {
  ...commonConfig,
  return_sequences: z.boolean().default(false),
  return_state: z.boolean().default(false),
  go_backwards: z.boolean().default(false),
  stateful: z
    .literal(false, {
      error: 'is not supported: batches are shuffled, so that no state could go on from one to the next',
    })
    .default(false),
  unroll: z.boolean().default(false),
  zero_output_for_mask: z.boolean().default(false),
  dropout: share,
  recurrent_dropout: share,
  seed: seedSchema,
  /** Keras 2's choice of an implementation, and the layout of its RNNs. */
  implementation: z.int().default(2),
  time_major: z.literal(false, { error: 'only batches first' }).optional(),
};

export const cellConfig = {
  ...sequenceConfig,
  ...kernelConfig,
  activation: activationSchema.prefault('tanh'),
  recurrent_initializer: initializerSchema.prefault('orthogonal'),
  recurrent_regularizer: regularizer,
  recurrent_constraint: constraint,
};

export const gateConfig = { ...cellConfig, recurrent_activation: activationSchema.prefault('sigmoid') };

type RecurrentSettings = z.infer<z.ZodObject<typeof cellConfig>>;

/** Refuses an activation that needs another shape than it gives; they compute every state from the one before. */
export function checkActivations(
  units: number,
  settings: { readonly activation: Activation; readonly recurrent_activation?: Activation },
): void {
  for (const key of ['activation', 'recurrent_activation'] as const) {
    const { [key]: activation = 'linear' } = settings;
    if (activationShape(activation, [units])?.[0] === units) continue;
    const message = `${activation} gives fewer values than it takes: no state can come of it`;
    throw new SettingError([key], message, 'Choose one such as "tanh"');
  }
}

/** The kernel that a state is multiplied by. */
export const recurrentKernelOf = (settings: RecurrentSettings, shape: Shape): WeightSpec => ({
  name: 'recurrent_kernel',
  shape,
  role: 'kernel',
  trainable: true,
  initializer: settings.recurrent_initializer,
  regularizer: settings.recurrent_regularizer ?? null,
  constraint: settings.recurrent_constraint ?? null,
});
