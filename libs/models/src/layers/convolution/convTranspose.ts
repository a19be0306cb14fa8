import { z } from 'zod';
import { onlyInput, onlyTensor, ShapeError, sizeOf, type LayerType } from '../layer.js';
import { commonConfig, kernelConfig, lengthSchema, perAxis } from '../schemas.js';
import { activated, biasOf, kernelOf } from '../weights.js';
import { spatialShape } from '../windows.js';
import { finish, slidingConfig, STRIDE_OR_DILATION, strideOrDilation, type Rank } from './settings.js';

const extraOf = (rank: Rank) => perAxis(rank, z.int().nonnegative(), 'an integer from 0').nullish();

const configOf = (rank: Rank) =>
  z
    .strictObject({
      ...commonConfig,
      ...kernelConfig,
      ...slidingConfig(rank),
      filters: lengthSchema,
      output_padding: extraOf(rank),
    })
    .refine(strideOrDilation, STRIDE_OR_DILATION)
    .refine(
      ({ output_padding, strides }) => !output_padding?.some((more, axis) => more >= (strides[axis] ?? 1)),
      { error: 'must be smaller than the strides', path: ['output_padding'] },
    );

type Settings = z.infer<ReturnType<typeof configOf>>;

/**
 * Lengths of the outputs (Keras `compute_conv_transpose_output_shape`), with k = (kernel - 1) · dilation + 1: `valid`
 * (n - 1) · s + k + padding, `same` (n - 1) · s + k mod 2 + padding; without `output_padding` max(k, s) in the place of
 * k + padding, and n · s. Throws ShapeError for one that no convolution with those strides shortens to the input.
 */
function transposedLengths(lengths: readonly number[], settings: Settings): number[] {
  const { kernel_size, strides, padding, dilation_rate, output_padding } = settings;
  return lengths.map((length, axis) => {
    const stride = strides[axis] ?? 1;
    const taps = ((kernel_size[axis] ?? 1) - 1) * (dilation_rate[axis] ?? 1) + 1;
    const given = output_padding?.[axis];
    if (given === undefined)
      return padding === 'same' ? length * stride : (length - 1) * stride + Math.max(taps, stride);
    if (padding === 'valid') return (length - 1) * stride + taps + given;
    const more = (taps % 2) + given;
    if (more > 0 && more <= stride) return (length - 1) * stride + more;
    const message = `has an output_padding of ${given} for a window of ${taps} and strides of ${stride}`;
    throw new ShapeError(message, 'With padding "same" use another one, or leave output_padding out');
  });
}

/** Keras `Conv1DTranspose` to `Conv3DTranspose`: kernel [...window, filters, channels]. */
export const convTranspose = (rank: Rank): LayerType<Settings> => ({
  config: configOf(rank),
  build: (settings, inputs) => {
    const { lengths, channels } = spatialShape(onlyInput(inputs), rank);
    const { filters, kernel_size: window, strides, padding, activation } = settings;
    const linear = [...transposedLengths(lengths, settings), filters];
    const taps = sizeOf(window) * channels * filters;
    return {
      outputs: [activated(activation, linear)],
      weights: [kernelOf(settings, [...window, filters, channels]), ...biasOf(settings, [filters])],
      flops: sizeOf(lengths) * 2 * taps + (settings.use_bias ? sizeOf(linear) : 0),
      finalActivation: activation,
      activityRegularizer: settings.activity_regularizer ?? null,
      call: (context, tensors) => {
        const sum = context.gs.ops.convTranspose(onlyTensor(tensors), context.weight('kernel'), {
          strides,
          dilations: settings.dilation_rate,
          padding,
          ...(settings.output_padding ? { outputPadding: settings.output_padding } : {}),
        });
        return finish(context, sum, settings);
      },
    };
  },
});
