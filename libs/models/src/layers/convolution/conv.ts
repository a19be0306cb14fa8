import { z } from 'zod';
import { onlyInput, onlyTensor, ShapeError, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, kernelConfig, lengthSchema } from '../schemas.js';
import { activated, biasOf, kernelOf } from '../weights.js';
import { spatialShape, windowLengths } from '../windows.js';
import { finish, slidingConfig, STRIDE_OR_DILATION, strideOrDilation, type Rank } from './settings.js';

const configOf = (rank: Rank) =>
  z
    .strictObject({
      ...commonConfig,
      ...kernelConfig,
      ...slidingConfig(rank),
      padding: z
        .enum(['valid', 'same', 'causal'])
        .refine((padding) => padding !== 'causal' || rank === 1, 'causal padding is for Conv1D')
        .default('valid'),
      filters: lengthSchema,
      groups: lengthSchema.default(1),
      lora_rank: z.null({ error: 'LoRA is not supported' }).optional(),
      lora_alpha: z.null({ error: 'LoRA is not supported' }).optional(),
    })
    .refine(strideOrDilation, STRIDE_OR_DILATION)
    .refine(({ filters, groups }) => filters % groups === 0, {
      error: 'must divide the number of filters',
      path: ['groups'],
    });

/** Keras `Conv1D` to `Conv3D`: kernel [...window, channels / groups, filters]. */
export const conv = (rank: Rank): LayerType<z.infer<ReturnType<typeof configOf>>> => ({
  config: configOf(rank),
  build: (settings, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), rank);
    const { filters, groups, kernel_size: window, strides, padding, activation } = settings;
    const { dilation_rate: dilations } = settings;
    if (channels % groups !== 0) {
      const message = `has ${groups} groups for ${channels} channels`;
      throw new ShapeError(message, 'Give it a number of channels that the groups divide');
    }
    const linear = [...windowLengths(lengths, { ...settings, window }), filters];
    const taps = (sizeOf(window) * channels) / groups;
    // Causal: as many zeros before the first step as the window reaches back.
    const before = padding === 'causal' ? ((window[0] ?? 1) - 1) * (dilations[0] ?? 1) : 0;
    return {
      outputs: [activated(activation, linear)],
      weights: [kernelOf(settings, [...window, channels / groups, filters]), ...biasOf(settings, [filters])],
      flops: sizeOf(linear) * (2 * taps + (settings.use_bias ? 1 : 0)),
      kept: before > 0 || groups > 1 ? channels * (sizeOf(lengths) + before) : 0,
      finalActivation: activation,
      activityRegularizer: settings.activity_regularizer ?? null,
      call: (context, tensors) => {
        const x = onlyTensor(tensors);
        const padded =
          before === 0
            ? x
            : context.gs.tf.pad(x, [
                [0, 0],
                [before, 0],
                [0, 0],
              ]);
        const sum = context.gs.ops.conv(padded, context.weight('kernel'), {
          strides,
          dilations,
          padding: padding === 'same' ? 'same' : 'valid',
        });
        return finish(context, sum, settings);
      },
    };
  },
});
