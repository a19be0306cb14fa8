import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { checkStructure } from '../checks/structure.js';
import { parseModel } from '../formats/parse.js';
import type { Shape } from '../layers/layer.js';
import { sequential } from '../testing/graph.js';
import { limits } from './limits.js';

const beta = { beta: { shape: [], initializer: 'ones' } };

/** `<pointer> <code>` of what is wrong with a model of one Expression. */
function modelProblems(config: unknown, shape: Shape = [3]): string[] {
  const text = JSON.stringify({ config });
  const parsed = parseModel({
    class_name: 'Sequential',
    config: {
      layers: [
        { class_name: 'InputLayer', config: { batch_shape: [null, ...shape] } },
        { class_name: 'Expression', ...(JSON.parse(text) as object) },
        { class_name: 'Dense', config: { units: 1 } },
      ],
    },
  });
  return parsed.ok
    ? []
    : parsed.problems.map(
        ({ pointer, code }) => `${String(pointer).replace('/config/layers/1/config', '')} ${code}`,
      );
}

test('the examples of the documentation are layers', () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../../../docs/expressions.md'), 'utf8');
  const examples = [...text.matchAll(/```json\n(.*?)```/gs)].map(
    ([, json = '']) => JSON.parse(json) as unknown,
  );
  expect(examples).toHaveLength(4);
  for (const example of examples) {
    const input = { class_name: 'InputLayer', config: { batch_shape: [null, 4] } };
    const last = { class_name: 'Dense', config: { units: 1 } };
    const definition = { class_name: 'Sequential', config: { layers: [input, example, last] } };
    expect(parseModel(definition)).toMatchObject({ ok: true });
  }
});

describe('in a model', () => {
  const good = { inputs: ['x'], parameters: beta, formula: 'x * sigmoid(beta * x)' };

  test('problems have the pointers, codes and hints of what was posted', () => {
    expect(modelProblems(good)).toEqual([]);
    expect(modelProblems({ ...good, formula: 'x * sigmoid(beto * x)', name: 'swish' })).toEqual([
      '/formula unknownName',
    ]);
    expect(modelProblems({ ...good, let: [{ name: 'u', formula: '1 +' }] })).toEqual([
      '/let/0/formula formulaSyntax',
    ]);
    expect(modelProblems({ ...good, formula: 'x * beta + reshape(x, [4])' })).toEqual(['/formula shape']);
    expect(modelProblems({ ...good, formla: 'x' })).toEqual(['/formla unknownKey']);
    expect(modelProblems({ ...good, backward: { x: 'gradient * beta', beta: 'gradient' } })).toEqual([
      '/backward/x gradient',
    ]);
    const parsed = parseModel({
      class_name: 'Sequential',
      config: {
        layers: [
          {
            class_name: 'Expression',
            config: { ...good, batch_input_shape: [null, 3], formula: 'beto * x' },
          },
        ],
      },
    });
    expect(parsed).toMatchObject({
      problems: [{ message: '"beto" at character 1 is not known', hint: 'Did you mean beta?' }],
    });
  });

  test.each([
    ['inputs', ['__proto__']],
    ['inputs', ['constructor']],
    ['parameters', JSON.parse('{"__proto__": {"shape": [], "initializer": "zeros"}}')],
    ['config', JSON.parse('{"__proto__": 1}')],
    ['config', { toString: 1 }],
    ['let', [{ name: 'hasOwnProperty', formula: '1' }]],
    ['backward', JSON.parse('{"__proto__": "gradient", "x": "gradient", "beta": "gradient"}')],
  ])('prototype keys are no names: %s %j', (key, value: unknown) => {
    const [problem = ''] = modelProblems({ ...good, [key]: value });
    expect(problem).toMatch(new RegExp(`^/${key}`));
  });

  test('limits', () => {
    const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `n${i}`);
    const sumOf = (list: string[]): string => list.join(' + ');
    const [most, over] = [names(limits.config), names(limits.config + 1)];
    const configOf = (list: string[]) => Object.fromEntries(list.map((name) => [name, 1]));
    expect(modelProblems({ ...good, config: configOf(most), formula: `x * beta + ${sumOf(most)}` })).toEqual(
      [],
    );
    expect(modelProblems({ ...good, config: configOf(over), formula: `x * beta + ${sumOf(over)}` })).toEqual([
      '/config custom',
    ]);
    expect(modelProblems({ inputs: names(limits.inputs + 1), formula: 'n0' })).toEqual(['/inputs too_big']);
    const parts = Array.from({ length: 9 }, (_, part) => ({
      name: `p${part}`,
      formula: Array.from({ length: 240 }, (_, i) => `x^${240 * part + i + 3}`)
        .join('+')
        .slice(0, 2000)
        .replace(/\+[^+]*$/, ''),
    }));
    expect(modelProblems({ inputs: ['x'], let: parts, formula: 'p0+p1+p2+p3+p4+p5+p6+p7+p8' })).toContain(
      '/let/3/formula formulaTooLarge',
    );
    expect(modelProblems({ ...good, formula: `x * beta * 1${'0'.repeat(limits.text)}` })).toEqual([
      '/formula formulaTooLong',
    ]);
    expect(
      modelProblems({
        inputs: ['x'],
        formula: 'x',
        parameters: { [`n${'a'.repeat(limits.name)}`]: beta.beta },
      })[0],
    ).toContain('/parameters');
    expect(modelProblems({ inputs: ['x'], formula: 'reshape(x, [1,1,1,1,3])' })).toEqual([]);
    expect(modelProblems({ inputs: ['x'], formula: 'reshape(x, [1,1,1,1,1,3])' })).toEqual([
      '/formula badSetting',
    ]);
  });

  test('layers before one that rounds are known to get no gradient', () => {
    const rounded = (more: object): string[] =>
      checkStructure(
        sequential(
          [4],
          ['Dense', { units: 3, name: 'a' }],
          ['Expression', { inputs: ['x'], formula: 'round(x)', ...more }],
          ['Dense', { units: 1 }],
        ),
      ).map(({ pointer, code }) => `${pointer} ${code}`);
    expect(rounded({})).toEqual(['/config/layers/1 noGradient']);
    expect(rounded({ backward: 'straightThrough' })).toEqual([]);
    expect(rounded({ formula: 'round(x) + 0.1 * x' })).toEqual([]);
  });
});

/** A model of one input and some Expressions, one after the other. */
const chainOf = (configs: readonly object[]): object => ({
  class_name: 'Sequential',
  config: {
    layers: [
      { class_name: 'InputLayer', config: { batch_shape: [null, 3] } },
      ...configs.map((config, at) => ({ class_name: 'Expression', config: { name: `e${at}`, ...config } })),
      { class_name: 'Dense', config: { units: 1 } },
    ],
  },
});
const codesOf = (definition: unknown): string[] => {
  const parsed = parseModel(definition);
  return parsed.ok ? [] : parsed.problems.map(({ pointer, code }) => `${String(pointer)} ${code}`);
};
const scaled = (factor: number): object => ({
  inputs: ['x'],
  formula: `tanh(${factor} * x)`,
  backward: { x: `gradient * ${factor} * (1 - output ^ 2)` },
});
const list = <T>(count: number, item: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => item(at));

test('all formulas of a model together are limited', () => {
  const long = (at: number): object => ({ inputs: ['x'], formula: `${' '.repeat(4000)}x + ${at}` });
  expect(codesOf(chainOf(list(16, long)))).toEqual([]);
  expect(codesOf(chainOf(list(20, long)))).toEqual(['/config/layers/17 tooLarge']);
});

test('checks of all backward formulas together are limited; equal ones are one check', () => {
  expect(codesOf(chainOf(list(1000, () => scaled(0.5))))).toEqual([]);
  const [first, ...others] = codesOf(chainOf(list(800, (at) => scaled(1 + at / 1000))));
  expect(first).toMatch(/backward tooLarge$/);
  expect(others).toEqual([]); // What comes after it is not built.
});

test('a layer that is called often is read and checked once', () => {
  const calls = 4000;
  const tensor = (layer: string, call: number): object => ({
    args: [
      {
        class_name: '__keras_tensor__',
        config: { shape: [null, 3], dtype: 'float32', keras_history: [layer, call, 0] },
      },
    ],
    kwargs: {},
  });
  const wrong = { ...scaled(2), backward: { x: 'gradient' } };
  const model = (config: object): object => ({
    class_name: 'Functional',
    config: {
      layers: [
        { class_name: 'InputLayer', config: { name: 'a', batch_shape: [null, 3] } },
        {
          class_name: 'Expression',
          config: { name: 'e', ...config },
          inbound_nodes: list(calls, (at) => (at === 0 ? tensor('a', 0) : tensor('e', at - 1))),
        },
        {
          class_name: 'Dense',
          config: { name: 'd', units: 1 },
          inbound_nodes: [tensor('e', calls - 1)],
        },
      ],
      input_layers: [['a', 0, 0]],
      output_layers: [['d', 0, 0]],
    },
  });
  const parsed = parseModel(model(scaled(0.5)));
  const plans = new Set(parsed.ok ? parsed.graph.nodes.map(({ plan }) => plan) : []);
  expect(plans.size).toBe(2);
  expect(codesOf(model(wrong))).toEqual(['/config/layers/1/config/backward/x gradient']);
});

test('the order of keys means nothing: parameters are in that of their names', () => {
  const parameter = { shape: [3], initializer: 'zeros' };
  const of = (names: readonly string[]): unknown => {
    const parameters = Object.fromEntries(names.map((name) => [name, parameter]));
    const parsed = parseModel(chainOf([{ inputs: ['x'], parameters, formula: 'x * gain + bias' }]));
    return parsed.ok ? parsed.graph.layers.map(({ weights }) => weights.map(({ name }) => name)) : parsed;
  };
  expect(of(['gain', 'bias'])).toEqual([
    ['bias', 'gain'],
    ['kernel', 'bias'],
  ]);
  expect(of(['bias', 'gain'])).toEqual(of(['gain', 'bias']));
});
