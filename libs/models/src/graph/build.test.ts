// Graphs of more than a chain of layers. Definitions, counts and shapes of testing/golden/models are Keras 3.15.1's.

import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseModel } from '../formats/parse.js';
import { DEFAULT_LIMITS } from './limits.js';
import { summarize } from './summary.js';

interface Fixture {
  readonly definition: unknown;
  readonly parameterCount: number;
  readonly trainableCount: number;
  readonly inputs: number[][];
  readonly outputs: number[][];
}
const file = path.join(import.meta.dirname, '../testing/golden/models/functional.json');
const { models } = JSON.parse(readFileSync(file, 'utf8')) as { models: Record<string, Fixture> };

/** The graph of a definition that must be valid. */
function graphOf(definition: unknown) {
  const parsed = parseModel(definition);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}

describe("Keras's functional models", () => {
  test.each(Object.entries(models))('%s has its inputs, outputs and parameters', (_, fixture) => {
    const graph = graphOf(fixture.definition);
    const { parameterCount, trainableCount } = summarize(graph);
    expect({ parameterCount, trainableCount }).toEqual({
      parameterCount: fixture.parameterCount,
      trainableCount: fixture.trainableCount,
    });
    expect(graph.inputs.map(({ shape }) => shape)).toEqual(fixture.inputs);
    expect(graph.outputs.map(({ shape }) => shape)).toEqual(fixture.outputs);
  });

  test('a shared layer has its weights once, and runs at each call', () => {
    const graph = graphOf(models['two_inputs_shared']?.definition);
    expect(graph.layers.map(({ name }) => name).sort()).toEqual(['classes', 'pa', 'shared', 'value']);
    expect(graph.nodes.filter(({ layer }) => layer.name === 'shared')).toHaveLength(2);
    expect(graph.outputs.map(({ name }) => name)).toEqual(['classes', 'value']);
  });

  test('a nested model is taken apart, under its name', () => {
    const graph = graphOf(models['nested_twice']?.definition);
    expect(graph.layers.map(({ name }) => name)).toEqual(['block/d1', 'block/drop', 'block/d2', 'out']);
    expect(graph.nodes).toHaveLength(7);
  });

  test('training at a call says nothing in Keras 3, which writes it by itself, and holds elsewhere', () => {
    const inTraining = (definition: unknown) => {
      const { nodes } = graphOf(definition);
      return nodes.map(({ layer, training }) => [layer.name, training]);
    };
    // Keras writes training: false at the call of a layer whose states are used.
    expect(inTraining(models['lstm_states']?.definition)).toEqual([
      ['enc', true],
      ['dec', true],
      ['o', true],
    ]);
    const drop = { type: 'dropout', rate: 0.5, inputs: 'x', options: { training: false } };
    const layers = { drop, out: { type: 'dense', units: 1, inputs: 'drop' } };
    const never = [
      ['drop', false],
      ['out', true],
    ];
    expect(inTraining({ inputs: [{ name: 'x', shape: [4] }], layers, outputs: ['out'] })).toEqual(never);
    const keras2 = (
      class_name: string,
      config: { readonly name: string; readonly [key: string]: unknown },
      node: unknown,
    ): object => {
      const inbound_nodes = node === null ? [] : [[node]];
      return { class_name, name: config.name, config, inbound_nodes };
    };
    const config = {
      name: 'm',
      layers: [
        keras2('InputLayer', { name: 'x', batch_input_shape: [null, 4] }, null),
        keras2('Dropout', { name: 'drop', rate: 0.5 }, ['x', 0, 0, { training: false }]),
        keras2('Dense', { name: 'out', units: 1 }, ['drop', 0, 0, {}]),
      ],
      input_layers: [['x', 0, 0]],
      output_layers: [['out', 0, 0]],
    };
    expect(inTraining({ class_name: 'Functional', config, keras_version: '2.15.0' })).toEqual(never);
  });

  test('what is in a frozen model is frozen', () => {
    const { layers } = graphOf(models['frozen_nested_two_outputs']?.definition);
    expect(layers.map(({ name, trainable }) => [name, trainable])).toEqual([
      ['fork/p', false],
      ['fork/q', false],
      ['out', true],
    ]);
  });
});

/** A functional model of layers with their inputs, by name. */
function functional(
  layers: readonly (readonly [string, string, object, readonly string[]])[],
  outputs: string[],
): object {
  const tensor = (name: string): object => ({
    class_name: '__keras_tensor__',
    config: { shape: [null], dtype: 'float32', keras_history: [name, 0, 0] },
  });
  return {
    class_name: 'Functional',
    config: {
      layers: layers.map(([class_name, name, config, inputs]) => ({
        class_name,
        name,
        config: { ...config, name },
        inbound_nodes: class_name === 'InputLayer' ? [] : [{ args: inputs.map(tensor), kwargs: {} }],
      })),
      input_layers: [['in', 0, 0]],
      output_layers: outputs.map((name) => [name, 0, 0]),
    },
  };
}
const input = ['InputLayer', 'in', { batch_shape: [null, 4] }, []] as const;
const problemsOf = (definition: unknown, limits = DEFAULT_LIMITS): string[] => {
  const parsed = parseModel(definition, limits);
  return parsed.ok
    ? []
    : parsed.problems.map(({ pointer, code, message }) => `${pointer ?? ''} ${code}: ${message}`);
};

describe('refused', () => {
  test('a cycle, by its layers', () => {
    const definition = functional(
      [
        input,
        ['Dense', 'a', { units: 4 }, ['c']],
        ['Dense', 'b', { units: 4 }, ['a']],
        ['Dense', 'c', { units: 4 }, ['b']],
      ],
      ['c'],
    );
    const [problem, ...others] = problemsOf(definition);
    expect(problem).toMatch(/^\/config cycle: /);
    // It may begin at any of its layers.
    const around = ['"a" → "b" → "c" → "a"', '"b" → "c" → "a" → "b"', '"c" → "a" → "b" → "c"'];
    expect(around.some((cycle) => problem?.includes(cycle))).toBe(true);
    expect(others).toEqual([]);
  });

  test('an input and an output that do not exist', () => {
    const definition = functional([input, ['Dense', 'a', { units: 4 }, ['nobody']]], ['a']);
    expect(problemsOf(definition)).toEqual([expect.stringContaining('/config/layers/1 unknownInput')]);
    expect(problemsOf(functional([input, ['Dense', 'a', { units: 4 }, ['in']]], ['z']))).toEqual([
      expect.stringContaining('/config unknownOutput: the output "z" does not exist'),
    ]);
  });

  test('a shared layer called with different shapes, by both', () => {
    const shared = functional(
      [input, ['Dense', 'wide', { units: 9 }, ['in']], ['Dense', 'twice', { units: 2 }, ['in']]],
      ['twice'],
    ) as { config: { layers: { inbound_nodes: object[] }[] } };
    const wide = { class_name: '__keras_tensor__', config: { keras_history: ['wide', 0, 0] } };
    shared.config.layers[2]?.inbound_nodes.push({ args: [wide], kwargs: {} });
    expect(problemsOf(shared)).toEqual([
      expect.stringMatching(/layers\/2 sharedShape: .*kernel would be \[4, 2\] and \[9, 2\]/),
    ]);
  });

  test('a regularizer that does not fit its weight', () => {
    const orthogonal = { class_name: 'Dense', config: { units: 2, bias_regularizer: 'orthogonal' } };
    const first = { class_name: 'InputLayer', config: { batch_shape: [null, 4] } };
    expect(problemsOf({ class_name: 'Sequential', config: { layers: [first, orthogonal] } })).toEqual([
      expect.stringContaining('weightShape: layer "dense_1": the orthogonal regularizer takes matrices'),
    ]);
  });

  test('nested models that double at each level, by the number of calls', () => {
    const twice = (inner: object): object => {
      const model = functional([input], ['block']) as {
        config: { layers: object[]; output_layers: unknown };
      };
      const call = (name: string, index: number): object => ({
        args: [{ class_name: '__keras_tensor__', config: { keras_history: [name, index, 0] } }],
        kwargs: {},
      });
      model.config.layers.push({ ...inner, inbound_nodes: [call('in', 0), call('block', 0)] });
      model.config.output_layers = [['block', 1, 0]];
      return model;
    };
    let model: object = { class_name: 'Dense', name: 'block', config: { units: 4, name: 'block' } };
    for (let level = 0; level < 14; level++) model = twice({ ...model, name: 'block' });
    const [first, ...others] = problemsOf(model);
    expect(first).toContain(`more than ${DEFAULT_LIMITS.calls} calls of layers`);
    expect(others).toEqual([]);
  });

  test('more layers and levels than the limits', () => {
    const dense = { class_name: 'Dense', config: { units: 4 } };
    const many = {
      class_name: 'Sequential',
      config: { layers: Array.from({ length: 10_000 }, () => dense) },
    };
    expect(problemsOf(many)).toEqual([
      expect.stringContaining('/config/layers tooLarge: the model has more than 2000 layers'),
    ]);
    let deep: object = { class_name: 'Sequential', config: { layers: [dense] } };
    for (let level = 0; level < 20; level++) deep = { class_name: 'Sequential', config: { layers: [deep] } };
    expect(problemsOf(deep)).toEqual([
      expect.stringContaining('tooDeep: models are nested more than 16 deep'),
    ]);
  });
});
