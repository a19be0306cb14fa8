// Checks of a layer against Keras 3.15.1: outputs and gradients for given weights and inputs, from testing/golden/layers.

import { expect, test } from '@jest/globals';
import type { Engine, Tensor } from '@gradstream/engine';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { LayerInputs } from '../layers/layer.js';
import { gradientsOf, planOf, runLayer } from './layer.js';

type Nested = number | Nested[];
const nested: z.ZodType<Nested> = z.lazy(() => z.union([z.number(), z.array(nested)]));
const named = z.array(z.object({ path: z.string(), value: nested.nullable() }));
const masks = z.array(nested.nullable()).optional();
const passSchema = z.object({
  outputs: z.array(nested),
  cotangents: z.array(nested),
  input_gradients: z.array(nested.nullable()),
  weight_gradients: named,
  non_trainable_after: named.optional(),
  /** Of the first output, of files with masks. */
  mask: nested.nullish(),
  /** Sum of what the layer adds to the loss. */
  losses: z.number().default(0),
});
/** How a case is called, where it is not with its inputs by position. */
const callSchema = z.object({
  /** Which input of the file each argument is. */
  arguments: z.array(z.int()).optional(),
  names: z.array(z.string().nullable()).optional(),
  options: z.record(z.string(), z.unknown()).optional(),
});
const fileSchema = z.object({
  /** Of all cases that say none. */
  class: z.string().optional(),
  rtol: z.number(),
  atol: z.number(),
  cases: z.array(
    z.object({
      class: z.string().optional(),
      config: z.record(z.string(), z.unknown()),
      weights: z.array(z.object({ path: z.string(), trainable: z.boolean(), value: nested })),
      inputs: z.array(nested),
      masks,
      call: callSchema.optional(),
      inference: passSchema,
      training: passSchema.optional(),
    }),
  ),
});

/** What is said of a case besides what its file says. */
export interface GoldenCall extends Partial<Omit<LayerInputs, 'shapes'>> {
  readonly arguments?: readonly number[];
  /** In place of settings of the file's that are Python objects. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Largest amount by which numbers exceed the tolerance atol + rtol · |expected|; shapes must agree. */
function excess(actual: Tensor, expected: Tensor, { rtol, atol }: { rtol: number; atol: number }): number {
  expect(actual.shape).toEqual(expected.shape);
  const wanted = expected.dataSync();
  return Array.from(actual.dataSync()).reduce((worst, value, index) => {
    const want = wanted[index] ?? Number.NaN;
    const over = Math.abs(value - want) - (atol + rtol * Math.abs(want));
    return Number.isNaN(over) ? Infinity : Math.max(worst, over);
  }, -Infinity);
}

/** The name of a weight without those of the layers that it is in. */
const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const sumOf = (terms: readonly Tensor[]): number =>
  terms.reduce((sum, term) => sum + (term.dataSync()[0] ?? 0), 0);

/** Registers tests of a golden file: every case, eagerly and captured, with gradients. */
export function testGolden(get: () => Engine, name: string, calls: readonly GoldenCall[] = []): void {
  const file = path.join(import.meta.dirname, 'golden/layers', `${name}.json`);
  const golden = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const { rtol, atol } = golden;
  golden.cases.forEach((one, index) => {
    const passes = [false, true].flatMap((training) => {
      const pass = training ? one.training : one.inference;
      return pass ? [{ training, pass }] : [];
    });
    test.each(passes)(`Keras: ${name}, case ${index}, training $training`, ({ training, pass }) => {
      const gs = get();
      const { tf } = gs;
      const tensor = (value: Nested): Tensor => tf.tensor(value);
      const given = one.inputs.map(tensor);
      const { arguments: places, names, options } = { ...one.call, ...calls[index] };
      const call = { ...(names && { names }), ...(options && { options }) };
      const order = places ?? given.map((_, at) => at);
      const weights = one.weights.map(({ value }) => tensor(value));
      const pick = (inputs: readonly Tensor[]): Tensor[] => order.map((at) => inputs[at] ?? tf.scalar(0));
      const shapes = pick(given).map((input) => input.shape.slice(1));
      const plan = planOf(
        one.class ?? golden.class ?? '',
        { ...one.config, ...calls[index]?.config },
        shapes,
        call,
      );
      const masks = order.map((at) => {
        const mask = one.masks?.[at] ?? null;
        return mask === null ? null : tensor(mask).cast('bool');
      });
      expect(plan.weights.map(({ name, shape }) => [lastOf(name), shape])).toEqual(
        one.weights.map(({ path: given }, at) => [lastOf(given), weights[at]?.shape]),
      );
      const run = (inputs: readonly Tensor[], values: readonly Tensor[]) =>
        runLayer(gs, plan, { inputs: pick(inputs), weights: values, masks, training });

      const outcome = run(given, weights);
      expect(plan.outputs).toEqual(outcome.outputs.map(({ shape }) => shape.slice(1)));
      expect(outcome.outputs).toHaveLength(pass.outputs.length);
      expect(sumOf(outcome.losses)).toBeCloseTo(pass.losses, 4);
      if (one.masks) expect(outcome.mask?.arraySync() ?? null).toEqual(pass.mask ?? null);
      const step = gs.capture(
        (...inputs) => run(inputs.slice(0, given.length), inputs.slice(given.length)).outputs,
      );
      const captured = step.run(...given, ...weights);
      step.dispose();
      pass.outputs.forEach((output, at) => {
        const expected = tensor(output);
        for (const actual of [outcome.outputs[at], captured[at]])
          expect(excess(actual ?? tf.scalar(0), expected, { rtol, atol })).toBeLessThanOrEqual(0);
      });
      for (const { path: weight, value } of pass.non_trainable_after ?? []) {
        const last = weight.split('/').at(-1);
        const [, updated] = [...outcome.updates].find(([name]) => name.split('/').at(-1) === last) ?? [];
        if (value !== null && updated)
          expect(excess(updated, tensor(value), { rtol, atol })).toBeLessThanOrEqual(0);
        else expect(weight).toBe('updated');
      }

      const floats = given.flatMap((_, at) => (pass.input_gradients[at] === null ? [] : [at]));
      const trained = one.weights.flatMap(({ trainable }, at) => (trainable ? [at] : []));
      const gradients = gradientsOf(
        gs,
        (variables) => {
          const inputs = given.map((input, at) => variables[floats.indexOf(at)] ?? input);
          const values = weights.map((value, at) => {
            const place = trained.indexOf(at);
            return place < 0 ? value : (variables[floats.length + place] ?? value);
          });
          return run(inputs, values).outputs;
        },
        pass.cotangents.map(tensor),
        [
          ...floats.map((at) => given[at] ?? tf.scalar(0)),
          ...trained.map((at) => weights[at] ?? tf.scalar(0)),
        ],
      );
      const expected = [
        ...floats.map((at) => pass.input_gradients[at] ?? null),
        ...pass.weight_gradients.map(({ value }) => value),
      ];
      expect(gradients).toHaveLength(expected.length);
      expected.forEach((value, at) => {
        const actual = gradients[at] ?? tf.scalar(0);
        expect(
          excess(actual, value === null ? tf.zerosLike(actual) : tensor(value), { rtol, atol }),
        ).toBeLessThanOrEqual(0);
      });
    });
  });
}
