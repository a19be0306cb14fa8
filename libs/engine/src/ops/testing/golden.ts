// Files with results of Keras 3.15.1 on TensorFlow 2.21 in float32: layers with their weights, inputs, outputs, and the
// gradients of Σ cotangents·outputs.

import { readFileSync } from 'node:fs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Engine } from '../../engine.js';
import { expectClose } from './check.js';

type Nested = number | readonly Nested[];

interface Results {
  readonly outputs: readonly Nested[];
  readonly cotangents: readonly Nested[];
  readonly input_gradients: readonly (Nested | null)[];
  readonly weight_gradients: readonly { readonly path: string; readonly value: Nested }[];
  readonly non_trainable_after?: readonly { readonly path: string; readonly value: Nested }[];
}

export interface GoldenCase {
  readonly config: Readonly<Record<string, number | boolean>>;
  readonly weights: readonly { readonly path: string; readonly trainable: boolean; readonly value: Nested }[];
  readonly inputs: readonly Nested[];
  readonly inference: Results;
  readonly training?: Results;
}

export type Layer = (inputs: readonly Tensor[], weights: Readonly<Record<string, Tensor>>) => Tensor[];

/** The cases of a layer, by the name of its file. */
export function goldenCases(layer: string): GoldenCase[] {
  const text = readFileSync(new URL(`./golden/${layer}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { cases: GoldenCase[] }).cases;
}

/** All numbers, in row-major order. */
export const flatten = (value: Nested): number[] =>
  typeof value === 'number' ? [value] : value.flatMap(flatten);

/** The name of a weight within its layer. */
const nameOf = (path: string): string => path.split('/').slice(1).join('/');

/** The value that Keras has for a weight that training changes without a gradient. */
export function changed({ training }: GoldenCase, name: string): number[] {
  const found = training?.non_trainable_after?.find(({ path }) => nameOf(path) === name);
  if (!found) throw new Error(`the case has no ${name}`);
  return flatten(found.value);
}

/** Expects a layer to have Keras's outputs, and Keras's gradients of inputs and trainable weights. */
export function checkGolden(
  { tf }: Engine,
  { weights, inputs }: GoldenCase,
  results: Results,
  layer: Layer,
  inputType: 'float32' | 'int32' = 'float32',
): void {
  const tensorOf = (value: Nested): Tensor => tf.tensor(value);
  const given = inputs.map((value) => tensorOf(value).cast(inputType));
  const names = weights.map(({ path }) => nameOf(path));
  const values = weights.map(({ value }) => tensorOf(value));
  const run = (tensors: readonly Tensor[]): Tensor[] => {
    const named = Object.fromEntries(names.map((name, i) => [name, tensors[given.length + i]]));
    return layer(tensors.slice(0, given.length), named as Record<string, Tensor>);
  };
  run([...given, ...values]).forEach((output, i) => {
    expectClose(output.dataSync(), flatten(results.outputs[i] ?? []), `output ${i}`);
  });
  const wanted = [
    ...results.input_gradients.flatMap((value, at) =>
      value === null ? [] : [{ at, value, name: `input ${at}` }],
    ),
    ...results.weight_gradients.map(({ path, value }) => {
      const name = nameOf(path);
      return { at: given.length + names.indexOf(name), value, name };
    }),
  ];
  const all = [...given, ...values];
  const loss = (...free: Tensor[]): Tensor => {
    const tensors = [...all];
    wanted.forEach(({ at }, i) => tensors.splice(at, 1, free[i] ?? all[at] ?? tf.scalar(0)));
    const terms = run(tensors).map((output, i) => output.mul(tensorOf(results.cotangents[i] ?? [])).sum());
    return terms.reduce((total, term) => total.add(term));
  };
  const free = wanted.map(({ at }) => all[at] ?? tf.scalar(0));
  tf.grads(loss)(free).forEach((gradient, i) => {
    const { value = [], name = '' } = wanted[i] ?? {};
    expectClose(gradient.dataSync(), flatten(value), `gradient of ${name}`);
  });
}
