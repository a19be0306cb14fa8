import { z } from 'zod';
import { initializerSchema } from '../../initializers/index.js';
import { onlyInput, onlyTensor, SettingError, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, constraint, regularizer } from '../schemas.js';

const config = z.strictObject({
  ...commonConfig,
  alpha_initializer: initializerSchema.prefault('zeros'),
  alpha_regularizer: regularizer,
  alpha_constraint: constraint,
  shared_axes: z
    .union([
      z
        .int()
        .positive()
        .transform((axis) => [axis]),
      z.array(z.int().positive()),
    ])
    .nullable()
    .default(null),
});

/** Keras `PReLU` (He et al., ICCV 2015): x where it is positive, else α x, where α is learned. */
export const prelu: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const shape = onlyInput(inputs);
    const shared = settings.shared_axes ?? [];
    const beyond = shared.find((axis) => axis > shape.length);
    if (beyond !== undefined) {
      const message = `axis ${beyond} is not among the ${shape.length} axes of a sample`;
      throw new SettingError(['shared_axes'], message, 'The first axis after the batch is 1');
    }
    const alpha = shape.map((length, index) => (shared.includes(index + 1) ? 1 : length));
    return {
      outputs: [shape],
      weights: [
        {
          name: 'alpha',
          shape: alpha,
          role: 'kernel',
          trainable: true,
          initializer: settings.alpha_initializer,
          regularizer: settings.alpha_regularizer ?? null,
          constraint: settings.alpha_constraint ?? null,
        },
      ],
      flops: 3 * sizeOf(shape),
      mask: 'pass',
      call: (context, tensors) => {
        const { ops } = context.gs;
        const x = onlyTensor(tensors);
        return ops.relu(x).sub(context.weight('alpha').mul(ops.relu(x.neg())));
      },
    };
  },
};
