// How Keras writes the calls of a layer: Keras 3 as arguments with tensors among them, Keras 2 and TensorFlow.js as
// lists of [layer, call, output, options].

import { z } from 'zod';
import type { ArgumentReference, CallDefinition, TensorReference } from '../definition/definition.js';
import { isRecord } from '../objects/forms.js';
import type { Path, Reader } from './reader.js';

const index = z.int().min(0);
const history = z.tuple([z.string(), index, index]);
const toReference = ([layer, call, output]: readonly [string, number, number]): TensorReference => ({
  layer,
  call,
  output,
});

/** A model's inputs or outputs: one tensor bare, several as a list, or by name, in Keras's order (that of the names). */
export const endsSchema = z.union(
  [
    history.transform((one) => [toReference(one)]),
    z.array(history.transform(toReference)).min(1),
    z.record(z.string(), history).transform((named) => {
      const entries = Object.entries(named).toSorted(([a], [b]) => (a < b ? -1 : 1));
      return entries.map(([, one]) => toReference(one));
    }),
  ],
  { error: 'must be a list of [layer name, index of its call, index of its output]' },
);

const tensorSchema = z.object({
  class_name: z.literal('__keras_tensor__'),
  config: z.object({ keras_history: history.transform(toReference) }),
});

/** The tensor that a value is, or null. */
export function asTensor(value: unknown): TensorReference | null {
  if (!isRecord(value) || value['class_name'] !== '__keras_tensor__') return null;
  const { success, data } = tensorSchema.safeParse(value);
  return success ? data.config.keras_history : null;
}

/** All tensors within an argument, in Keras's order; null when there is something else in it. */
function tensorsIn(argument: unknown): TensorReference[] | null {
  const tensor = asTensor(argument);
  if (tensor) return [tensor];
  const entries = isRecord(argument)
    ? Object.entries(argument).toSorted(([a], [b]) => (a < b ? -1 : 1))
    : null;
  const inner = Array.isArray(argument)
    ? (argument as readonly unknown[])
    : entries?.map(([, value]) => value);
  if (!inner || inner.length === 0) return null;
  const found: TensorReference[] = [];
  for (const value of inner) {
    const tensors = tensorsIn(value);
    if (!tensors) return null;
    for (const tensor of tensors) found.push(tensor);
  }
  return found;
}

const named = (name: string | null, tensors: readonly TensorReference[]): ArgumentReference[] =>
  tensors.map((tensor) => ({ ...tensor, name }));

/** Tensors by name, and what else is passed by name. */
function readNamed(
  given: Readonly<Record<string, unknown>>,
  tensors: (value: unknown) => TensorReference[] | null,
): { inputs: ArgumentReference[]; options: [string, unknown][] } {
  const inputs: ArgumentReference[] = [];
  const options: [string, unknown][] = [];
  for (const [name, value] of Object.entries(given)) {
    const found = tensors(value);
    if (found) for (const input of named(name, found)) inputs.push(input);
    else if (value !== null) options.push([name, value]);
  }
  return { inputs, options };
}

const keras3Schema = z.strictObject({
  args: z.array(z.unknown()).default([]),
  kwargs: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Whether an option says nothing: Keras 3 writes `training` by itself, most often false, and a model's own `training` takes its
 * place at every call, in fit and in predict.
 */
const isIdle = (name: string, value: unknown): boolean =>
  name === 'training' && (value === null || typeof value === 'boolean');

/** One call as Keras 3 writes it. */
export function readKeras3Call(reader: Reader, given: unknown, path: Path): CallDefinition | null {
  const data = reader.parse(keras3Schema, given, path);
  if (!data) return null;
  const positional = data.args.flatMap((argument, at) => {
    const tensors = tensorsIn(argument);
    if (!tensors && argument !== null) {
      const message = 'an argument is neither a tensor nor null';
      reader.refuse([...path, 'args', at], 'argument', message, 'Pass only outputs of layers');
    }
    return named(null, tensors ?? []);
  });
  const { inputs, options } = readNamed(data.kwargs, tensorsIn);
  const set = options.filter(([name, value]) => !isIdle(name, value));
  return { inputs: [...positional, ...inputs], options: Object.fromEntries(set) };
}

const keras2Schema = z
  .array(
    z.union([
      z.tuple([z.string(), index, index]),
      z.tuple([z.string(), index, index, z.record(z.string(), z.unknown()).nullable()]),
    ]),
    { error: 'must be a list of [layer name, index of its call, index of its output, options]' },
  )
  .min(1);

/** Keras 2's tensors among named arguments: [layer, call, output], or a list of these. */
function keras2Tensors(value: unknown): TensorReference[] | null {
  const one = history.safeParse(value);
  if (one.success) return [toReference(one.data)];
  const several = z.array(history).min(1).safeParse(value);
  return several.success ? several.data.map(toReference) : null;
}

/** One call as Keras 2 and TensorFlow.js write it; the options are repeated at each of its inputs. */
export function readKeras2Call(reader: Reader, given: unknown, path: Path): CallDefinition | null {
  const single = Array.isArray(given) && typeof given[0] === 'string';
  const data = reader.parse(keras2Schema, single ? [given] : given, path);
  if (!data) return null;
  const positional = data.map(([layer, call, output]) => ({ layer, call, output, name: null }));
  const { inputs, options } = readNamed(data[0]?.[3] ?? {}, keras2Tensors);
  return { inputs: [...positional, ...inputs], options: Object.fromEntries(options) };
}
