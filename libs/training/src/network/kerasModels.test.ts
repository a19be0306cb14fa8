// Functional models against Keras 3.15.1: what they give for given weights and inputs, with the masks that Keras passes on, and
// where dropout drops during fit. From testing/golden/network.

import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@gradstream/engine';
import { parseModel, type ModelGraph } from '@gradstream/models';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { useEngine } from '../testing/engine.js';
import { Network } from './network.js';

const get = useEngine();

type Nested = number | Nested[];

interface KerasModel {
  readonly name: string;
  readonly definition: unknown;
  /** In Keras's order, by layer. */
  readonly weights: Readonly<Record<string, Nested[]>>;
  readonly inputs: readonly Nested[];
  readonly outputs: readonly Nested[];
  /** Whether a step of fit drops. */
  readonly drops?: boolean;
}
const file = path.join(import.meta.dirname, '../testing/golden/network/models.json');
const { models } = JSON.parse(readFileSync(file, 'utf8')) as { models: KerasModel[] };

function graphOf(definition: unknown): ModelGraph {
  const parsed = parseModel(definition);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 1));
  return parsed.graph;
}

/** The network of a model with Keras's weights. */
function networkOf({ definition, weights }: KerasModel): Network {
  const network = new Network(get(), graphOf(definition), 1);
  for (const layer of network.graph.layers) {
    const own = network.weights.filter((weight) => weight.layer === layer);
    const values = weights[layer.name] ?? [];
    expect([layer.name, values.length]).toEqual([layer.name, own.length]);
    own.forEach(({ variable }, index) => {
      variable.assign(get().tf.tensor(values[index] ?? []));
    });
  }
  return network;
}

const inputsOf = ({ inputs }: KerasModel, { graph }: Network): Tensor[] =>
  inputs.map((input, index) => get().tf.tensor(input, undefined, graph.inputs[index]?.type));

const flat = (value: Nested): number[] => (Array.isArray(value) ? value.flatMap(flat) : [value]);

describe("Keras's outputs", () => {
  test.each(models)('$name', (model) => {
    const network = networkOf(model);
    const { outputs } = network.forward(inputsOf(model, network), { seed: null });
    expect(outputs).toHaveLength(model.outputs.length);
    outputs.forEach((output, index) => {
      const expected = flat(model.outputs[index] ?? []);
      const actual = [...output.dataSync()];
      expect(actual).toHaveLength(expected.length);
      const worst = Math.max(...actual.map((value, at) => Math.abs(value - (expected[at] ?? Number.NaN))));
      expect(worst).toBeLessThan(2e-6);
    });
    network.dispose();
  });
});

describe('in training', () => {
  test.each(models.filter(({ drops }) => drops !== undefined))('$name drops as in fit', (model) => {
    const network = networkOf(model);
    const inputs = inputsOf(model, network);
    const valuesOf = (seed: readonly number[] | null): number[] => {
      const given = seed && get().tf.tensor1d([...seed], 'int32');
      return [...(network.forward(inputs, { seed: given }).outputs[0]?.dataSync() ?? [])];
    };
    const hasDropped = valuesOf([1, 2]).join() !== valuesOf(null).join();
    expect(hasDropped).toBe(model.drops);
    network.dispose();
  });
});
