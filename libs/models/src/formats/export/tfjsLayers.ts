// What the layers of TensorFlow.js 4.22 know: the settings of Keras 3 that they have, and those they lack that may be
// given with the value for which nothing is missing. Layers that are not in here do not exist there, or compute
// something else.

/** Settings besides name and trainable. */
export interface TfjsLayer {
  readonly known: readonly string[];
  /** Settings that it lacks, with the value that it has in their place. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** Names that differ. */
  readonly renamed: Readonly<Record<string, string>>;
}

const trio = (name: string): string[] =>
  ['initializer', 'regularizer', 'constraint'].map((kind) => `${name}_${kind}`);

const layer = (
  known: readonly string[],
  fixed: Readonly<Record<string, unknown>> = {},
  renamed: Readonly<Record<string, string>> = {},
): TfjsLayer => ({ known, fixed, renamed });

const biased = ['activation', 'use_bias', 'activity_regularizer', ...trio('bias')];
const dense = [...biased, ...trio('kernel')];
const windows = ['kernel_size', 'strides', 'padding', 'data_format'];
const convolution = layer([...dense, ...windows, 'filters', 'dilation_rate'], { groups: 1 });
const transposed = layer([...dense, ...windows, 'filters'], { groups: 1, dilation_rate: 1 });
const pooling = layer(['pool_size', 'strides', 'padding', 'data_format']);
const globalPooling = layer(['data_format'], { keepdims: false });
const sequence = ['return_sequences', 'return_state', 'go_backwards', 'stateful', 'unroll'];
const states = { zero_output_for_mask: false };
const recurrent = [...dense, ...trio('recurrent'), ...sequence, 'units', 'dropout', 'recurrent_dropout'];
const normalization = ['axis', 'epsilon', 'center', 'scale', ...trio('beta'), ...trio('gamma')];
const merge = layer([]);

export const tfjsLayers: ReadonlyMap<string, TfjsLayer> = new Map(
  Object.entries({
    Activation: layer(['activation']),
    Add: merge,
    AlphaDropout: layer(['rate', 'noise_shape']),
    Average: merge,
    AveragePooling1D: pooling,
    AveragePooling2D: pooling,
    AveragePooling3D: pooling,
    BatchNormalization: layer(
      [...normalization, 'momentum', 'moving_mean_initializer', 'moving_variance_initializer'],
      { synchronized: false, renorm: false, renorm_momentum: 0.99 },
    ),
    Bidirectional: layer(['layer', 'merge_mode']),
    Concatenate: layer(['axis']),
    Conv1D: convolution,
    Conv2D: convolution,
    Conv2DTranspose: transposed,
    Conv3D: convolution,
    Conv3DTranspose: transposed,
    Cropping2D: layer(['cropping', 'data_format']),
    Dense: layer([...dense, 'units']),
    DepthwiseConv2D: layer([
      ...biased,
      ...windows,
      ...trio('depthwise'),
      'dilation_rate',
      'depth_multiplier',
    ]),
    Dot: layer(['axes', 'normalize']),
    Dropout: layer(['rate', 'noise_shape']),
    ELU: layer([], { alpha: 1 }),
    Embedding: layer(['input_dim', 'output_dim', 'mask_zero', 'activity_regularizer', ...trio('embeddings')]),
    Flatten: layer(['data_format']),
    GRU: layer([...recurrent, 'recurrent_activation'], { ...states, reset_after: false }),
    GaussianDropout: layer(['rate']),
    GaussianNoise: layer(['stddev']),
    GlobalAveragePooling1D: globalPooling,
    GlobalAveragePooling2D: globalPooling,
    GlobalMaxPooling1D: globalPooling,
    GlobalMaxPooling2D: globalPooling,
    LSTM: layer([...recurrent, 'recurrent_activation', 'unit_forget_bias'], states),
    LayerNormalization: layer(normalization, { rms_scaling: false }),
    LeakyReLU: layer(['negative_slope'], {}, { negative_slope: 'alpha' }),
    Masking: layer(['mask_value']),
    MaxPooling1D: pooling,
    MaxPooling2D: pooling,
    MaxPooling3D: pooling,
    Maximum: merge,
    Minimum: merge,
    Multiply: merge,
    PReLU: layer([...trio('alpha'), 'shared_axes']),
    Permute: layer(['dims']),
    ReLU: layer(['max_value'], { negative_slope: 0, threshold: 0 }),
    RepeatVector: layer(['n']),
    Rescaling: layer(['scale', 'offset']),
    Reshape: layer(['target_shape']),
    SeparableConv2D: layer([
      ...biased,
      ...windows,
      ...trio('depthwise'),
      ...trio('pointwise'),
      'filters',
      'dilation_rate',
      'depth_multiplier',
    ]),
    SimpleRNN: layer(recurrent, states),
    Softmax: layer(['axis']),
    SpatialDropout1D: layer(['rate']),
    TimeDistributed: layer(['layer']),
    UpSampling2D: layer(['size', 'data_format', 'interpolation']),
    ZeroPadding2D: layer(['padding', 'data_format']),
  }),
);

/** Settings of Keras 3 whose default is not what TensorFlow.js has. */
export const GIVEN_ANYWAY: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  GRU: { reset_after: true },
};
