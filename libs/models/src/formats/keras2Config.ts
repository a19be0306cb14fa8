// Settings of layers as Keras 2 and TensorFlow.js write them, in Keras 3's terms.

import { isHeldLayer } from '../layers/held.js';
import { isRecord } from '../objects/forms.js';
import type { Path, Reader } from './reader.js';

type Config = Readonly<Record<string, unknown>>;

/** Which program wrote the settings. */
export type Dialect = 'keras3' | 'keras2' | 'tfjs';

const NEW_NAMES: Readonly<Record<string, Config>> = {
  LeakyReLU: { alpha: 'negative_slope' },
  InputLayer: { batch_input_shape: 'batch_shape' },
};

/** Settings that Keras 3 no longer has and that change nothing, for any value or for the one that is given. */
const ANY = Symbol('any value');
const kernel = { kernel_initializer: ANY, kernel_regularizer: ANY, kernel_constraint: ANY, groups: 1 };
const recurrent = { implementation: ANY, time_major: false };
const attention = { causal: false };
const spatialDropout = { noise_shape: null };
const GONE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  Embedding: { input_length: ANY },
  SimpleRNN: recurrent,
  LSTM: recurrent,
  GRU: recurrent,
  ConvLSTM2D: { ...recurrent, implementation: ANY },
  SeparableConv1D: kernel,
  SeparableConv2D: kernel,
  DepthwiseConv1D: kernel,
  DepthwiseConv2D: kernel,
  SpatialDropout1D: spatialDropout,
  SpatialDropout2D: spatialDropout,
  SpatialDropout3D: spatialDropout,
  Attention: attention,
  AdditiveAttention: attention,
  MultiHeadAttention: {
    query_shape: ANY,
    key_shape: ANY,
    value_shape: ANY,
    softmax_robust_masking: false,
  },
};

const ACTIVATIONS = new Set(['activation', 'recurrent_activation']);
const HARD_SIGMOIDS = new Set<unknown>(['hard_sigmoid', 'hardSigmoid']);

function refuseHardSigmoid(reader: Reader, path: Path): void {
  const message =
    "the hard_sigmoid of Keras 2 and TensorFlow.js is clip(0.2x + 0.5, 0, 1), which is not Keras 3's, relu6(x + 3) / 6";
  const hint = 'Use "sigmoid"; or train anew with that of Keras 3, in its format or in the shorthand';
  reader.refuse(path, 'hardSigmoid', message, hint);
}

const lookUp = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** A policy of Keras 2's, as its name. */
function policyName(value: unknown): unknown {
  const config = isRecord(value) ? value['config'] : null;
  return isRecord(config) && typeof config['name'] === 'string' ? config['name'] : value;
}

/** Wrappers hold layers of the same dialect. */
function inner(reader: Reader, value: unknown, path: Path, dialect: Dialect): unknown {
  if (!isRecord(value)) return value;
  const { class_name: type, config } = value;
  if (typeof type !== 'string' || !isRecord(config)) return value;
  return { ...value, config: toKeras3Config(reader, type, config, [...path, 'config'], dialect) };
}

/** TensorFlow.js has one regularizer, L1L2, for three of Keras's. */
function tfjsRegularizer(value: unknown): unknown {
  const config = isRecord(value) && value['class_name'] === 'L1L2' ? value['config'] : null;
  if (!isRecord(config) || Object.keys(config).length !== 2) return value;
  const { l1, l2 } = config;
  if (l1 === 0) return { class_name: 'L2', config: { l2 } };
  return l2 === 0 ? { class_name: 'L1', config: { l1 } } : value;
}

/** What TensorFlow.js assumes where it writes nothing, or null. */
function tfjsConfig(reader: Reader, type: string, given: Config, path: Path): Config {
  const entries = Object.entries(given)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [key, key.endsWith('_regularizer') ? tfjsRegularizer(value) : value]);
  const config = Object.fromEntries(entries) as Config;
  if (type === 'LSTM' && !Object.hasOwn(config, 'recurrent_activation')) refuseHardSigmoid(reader, path);
  if (type === 'LSTM') return { unit_forget_bias: false, ...config };
  return type === 'GRU' ? { reset_after: false, ...config } : config;
}

/** The settings in Keras 3's terms; lists what has no equal there. */
export function toKeras3Config(
  reader: Reader,
  type: string,
  given: Config,
  path: Path,
  dialect: Dialect,
): Config {
  if (dialect === 'keras3') return given;
  const names = lookUp(NEW_NAMES, type) ?? {};
  const gone = lookUp(GONE, type) ?? {};
  const entries = Object.entries(given).flatMap(([key, value]): [string, unknown][] => {
    const at = [...path, key];
    const without = lookUp(gone, key);
    if (without !== undefined && (without === ANY || without === value)) return [];
    if (ACTIVATIONS.has(key) && HARD_SIGMOIDS.has(value)) refuseHardSigmoid(reader, at);
    if (key === 'dtype') return [[key, policyName(value)]];
    if (isHeldLayer(key)) return [[key, inner(reader, value, at, dialect)]];
    // BatchNormalization's axis is a list in Keras 2.
    if (key === 'axis' && type === 'BatchNormalization' && Array.isArray(value) && value.length === 1)
      return [[key, value[0]]];
    const name = lookUp(names, key);
    return [[typeof name === 'string' ? name : key, value]];
  });
  const config = Object.fromEntries(entries);
  if (dialect !== 'tfjs') return config;
  return tfjsConfig(reader, type, config, path);
}
