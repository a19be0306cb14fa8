// Activations as data: names, in every form that they are written in, and the shape that they give.

import { z } from 'zod';
import { isRecord } from '../objects/forms.js';
import { camelCase } from '../objects/names.js';
import { nearest } from '../objects/nearest.js';

/** Keras 3's names. It has none for `gelu_tanh`, which is its gelu(x, approximate=True). */
export const activations = [
  'celu',
  'elu',
  'exponential',
  'gelu',
  'gelu_tanh',
  'glu',
  'hard_shrink',
  'hard_sigmoid',
  'hard_silu',
  'hard_tanh',
  'leaky_relu',
  'linear',
  'log_sigmoid',
  'log_softmax',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'silu',
  'soft_shrink',
  'softmax',
  'softplus',
  'softsign',
  'sparse_plus',
  'sparse_sigmoid',
  'sparsemax',
  'squareplus',
  'tanh',
  'tanh_shrink',
] as const;
export type Activation = (typeof activations)[number];

/** Keras's aliases, and TensorFlow.js's `gelu_new`. */
const ALIASES = { swish: 'silu', hard_swish: 'hard_silu', gelu_new: 'gelu_tanh' } as const;

const byName = new Map<string, Activation>(
  [...activations.map((name) => [name, name] as const), ...Object.entries(ALIASES)].flatMap(
    ([written, name]): [string, Activation][] => [
      [written, name],
      [camelCase(written), name],
    ],
  ),
);

const THRESHOLD = 'threshold takes two numbers that Keras does not write: it is not supported';

const FUNCTION_KEYS = new Set(['module', 'class_name', 'className', 'config', 'registered_name']);

/** The name in what Keras writes for a function: the name, or an object around it. */
function nameIn(given: unknown): { name: string; path: PropertyKey[] } | null {
  if (given === null) return { name: 'linear', path: [] };
  if (typeof given === 'string') return { name: given, path: [] };
  if (!isRecord(given)) return null;
  const { class_name: kind, className, config } = given;
  const isFunction = typeof config === 'string' && (kind ?? className) === 'function';
  return isFunction && Object.keys(given).every((key) => FUNCTION_KEYS.has(key))
    ? { name: config, path: ['config'] }
    : null;
}

const reading = z.unknown().transform((given, context): Activation => {
  const refuse = (message: string, path: PropertyKey[] = []): Activation => {
    context.issues.push({ code: 'custom', message, input: given, path });
    return z.NEVER;
  };
  const found = nameIn(given);
  if (found === null) {
    const message =
      'must be the name of an activation; one with settings of its own is a layer, such as LeakyReLU';
    return refuse(message);
  }
  const { name, path } = found;
  const activation = byName.get(name);
  if (activation !== undefined) return activation;
  if (name === 'threshold') return refuse(THRESHOLD, path);
  const near = nearest(name, byName.keys());
  const known = near === null ? `: ${activations.join(', ')}` : `, did you mean "${near}"?`;
  return refuse(`is no known activation${known}`, path);
});

/**
 * Reads Keras's name, its camelCase form, an alias, null (linear), or Keras 3's object of a function. `hard_sigmoid` is
 * Keras 3's relu6(x + 3) / 6, not Keras 2's.
 */
export const activationSchema: z.ZodType<Activation> = reading.meta({
  id: 'Activation',
  description: 'The name of an activation, or the object that Keras writes for a function',
  anyOf: [{ enum: [...byName.keys()] }, { type: 'object' }, { type: 'null' }],
});

/** What Keras 3 writes for a function that it does not know by name. */
export interface SerializedFunction {
  readonly module: 'builtins';
  readonly class_name: 'function';
  readonly config: string;
  readonly registered_name: 'function';
}

/** What Keras 3 writes. For `gelu_tanh` it is given the function in `custom_objects`, under that name. */
export const activationConfig = (activation: Activation): string | SerializedFunction =>
  activation === 'gelu_tanh'
    ? { module: 'builtins', class_name: 'function', config: activation, registered_name: 'function' }
    : activation;

const ALONG_LAST_AXIS: ReadonlySet<Activation> = new Set(['glu', 'log_softmax', 'softmax', 'sparsemax']);

/**
 * The shape of a sample after an activation: `glu` halves the last axis. Null where the activation cannot be applied:
 * it works along the last axis and a sample has none, or `glu` is given an odd one.
 */
export function activationShape(activation: Activation, shape: readonly number[]): readonly number[] | null {
  const last = shape.at(-1);
  if (last === undefined) return ALONG_LAST_AXIS.has(activation) ? null : shape;
  if (activation !== 'glu') return shape;
  return last % 2 === 0 ? [...shape.slice(0, -1), last / 2] : null;
}
