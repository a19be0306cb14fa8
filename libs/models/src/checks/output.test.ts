import { describe, expect, test } from '@jest/globals';
import { lossSettingsSchema } from '@gradstream/contracts';
import { activations, type Activation } from '../activations/activation.js';
import type { ModelGraph } from '../graph/graph.js';
import { sequential, testGraph, type TestCall } from '../testing/graph.js';
import { mostProbable } from './activationRules.js';
import { toProblems } from './finding.js';
import { lossTraits, type LearningTask } from './lossTraits.js';
import { checkOutput } from './output.js';
import type { OutputCheck } from './outputCase.js';
import { rangeOf } from './ranges.js';

const dense = (units: number, activation: Activation) => sequential([4], ['Dense', { units, activation }]);

type Case = Partial<Omit<OutputCheck, 'loss'>>;

/** `<severity> <pointer> <code>` of each finding. */
function found(units: number, activation: Activation, loss: unknown, check: Case = {}): string[] {
  const findings = checkOutput(dense(units, activation), {
    task: 'classification',
    classes: 'indexes',
    size: null,
    ...check,
    loss: lossSettingsSchema.parse(loss),
  });
  for (const finding of findings)
    for (const text of [finding.message, finding.why, finding.hint]) expect(text.length).toBeGreaterThan(10);
  return findings.map(({ severity, pointer, code }) => `${severity} ${pointer} ${code}`);
}

const oneHot: Case = { classes: 'oneHot', size: 3 };
const regression: Case = { task: 'regression', size: 1 };
const binary: Case = { task: 'binary' };
const multilabel: Case = { task: 'multilabel', size: 3 };
const logits = (name: string) => ({ name, fromLogits: true });

describe('what fits passes', () => {
  test.each<[number, Activation, unknown, Case]>([
    [10, 'softmax', 'sparseCategoricalCrossentropy', { size: 10 }],
    [10, 'linear', logits('sparseCategoricalCrossentropy'), { size: 10 }],
    [10, 'log_softmax', logits('sparseCategoricalCrossentropy'), { size: 10 }],
    [3, 'softmax', 'categoricalCrossentropy', oneHot],
    [3, 'softmax', 'klDivergence', oneHot],
    [3, 'softmax', 'categoricalGeneralizedCrossEntropy', { size: 3 }],
    [3, 'linear', 'categoricalHinge', oneHot],
    [3, 'softmax', 'dice', oneHot],
    [3, 'sigmoid', 'tversky', multilabel],
    [3, 'sigmoid', 'binaryFocalCrossentropy', multilabel],
    [1, 'sigmoid', 'binaryCrossentropy', binary],
    [1, 'linear', logits('binaryCrossentropy'), binary],
    [2, 'softmax', 'sparseCategoricalCrossentropy', binary],
    [1, 'tanh', 'hinge', binary],
    [1, 'linear', 'squaredHinge', binary],
    [64, 'linear', 'circle', { size: 3 }],
    [1, 'linear', 'mse', regression],
    [2, 'linear', 'huber', { ...regression, size: 2 }],
    [1, 'exponential', 'poisson', regression],
    [3, 'linear', 'cosineSimilarity', { ...regression, size: 3 }],
  ])('%i units, %s, %j', (units, activation, loss, check) => {
    expect(found(units, activation, loss, check)).toEqual([]);
  });
});

describe('what does not fit is named with its place', () => {
  test.each<[number, Activation, unknown, Case, string[]]>([
    [10, 'softmax', logits('sparseCategoricalCrossentropy'), {}, ['error /loss/fromLogits softmaxTwice']],
    [3, 'softmax', logits('categoricalCrossentropy'), oneHot, ['error /loss/fromLogits softmaxTwice']],
    [
      3,
      'sigmoid',
      logits('categoricalCrossentropy'),
      oneHot,
      ['error /loss/fromLogits probabilitiesAsLogits'],
    ],
    [3, 'relu', logits('categoricalCrossentropy'), oneHot, ['warning /loss/fromLogits boundedLogits']],
    [1, 'sigmoid', logits('binaryCrossentropy'), binary, ['error /loss/fromLogits sigmoidTwice']],
    [
      3,
      'softmax',
      logits('binaryCrossentropy'),
      multilabel,
      ['error /loss/fromLogits probabilitiesAsLogits'],
    ],
    [10, 'relu', 'sparseCategoricalCrossentropy', { size: 10 }, ['error /loss notProbabilities']],
    [3, 'linear', 'categoricalCrossentropy', oneHot, ['error /loss notProbabilities']],
    [3, 'sigmoid', 'categoricalCrossentropy', oneHot, ['error /loss notProbabilities']],
    [1, 'linear', 'binaryCrossentropy', binary, ['error /loss notProbabilities']],
    [1, 'tanh', 'binaryFocalCrossentropy', binary, ['error /loss notProbabilities']],
    [3, 'relu', 'dice', oneHot, ['error /loss notProbabilities']],
    [3, 'softmax', 'binaryCrossentropy', multilabel, ['error /model softmaxForLabels']],
    [
      2,
      'softmax',
      'binaryCrossentropy',
      { ...binary, classes: 'oneHot' },
      ['warning /model softmaxForLabels'],
    ],
    [1, 'softmax', 'binaryCrossentropy', binary, ['error /model softmaxOneUnit']],
    [1, 'softmax', 'sparseCategoricalCrossentropy', {}, ['error /model softmaxOneUnit']],
    [3, 'softmax', 'sparseCategoricalCrossentropy', { size: 10 }, ['error /model outputUnits']],
    [1, 'sigmoid', 'binaryCrossentropy', multilabel, ['error /model outputUnits']],
    [2, 'softmax', 'sparseCategoricalCrossentropy', { size: 1 }, ['error /target/column oneClass']],
    [3, 'softmax', 'sparseCategoricalCrossentropy', oneHot, ['error /loss oneHotTargets']],
    [3, 'softmax', 'categoricalCrossentropy', { size: 3 }, ['error /loss indexTargets']],
    [3, 'softmax', 'mse', { size: 3 }, ['error /loss lossTask']],
    [3, 'softmax', 'mse', oneHot, ['warning /loss lossTask']],
    [3, 'softmax', 'mae', oneHot, ['warning /loss lossTask']],
    [1, 'sigmoid', 'mse', binary, ['warning /loss lossTask']],
    [3, 'sigmoid', 'binaryCrossentropy', oneHot, ['warning /loss lossTask']],
    [3, 'sigmoid', 'binaryCrossentropy', { size: 3 }, ['error /loss lossTask']],
    [1, 'linear', 'binaryCrossentropy', regression, ['error /loss lossTask']],
    [1, 'sigmoid', 'hinge', binary, ['warning /model marginOutOfReach']],
    [2, 'softmax', 'mse', regression, ['error /model outputUnits', 'error /model softmaxRegression']],
    [1, 'relu', 'mae', regression, ['warning /model boundedRegression']],
    [1, 'sigmoid', 'mse', regression, ['warning /model boundedRegression']],
    [1, 'linear', 'poisson', regression, ['error /model notPositive']],
    [8, 'softmax', 'circle', { size: 3 }, ['error /model softmaxEmbedding']],
  ])('%i units, %s, %j %j', (units, activation, loss, check, expected) => {
    expect(found(units, activation, loss, check)).toEqual(expected);
  });

  test('CTC takes logits of all classes and a blank, for each step', () => {
    const steps = (units: number, activation: Activation) =>
      checkOutput(sequential([7, 4], ['Dense', { units, activation }]), {
        task: 'classification',
        loss: lossSettingsSchema.parse('ctc'),
        classes: 'indexes',
        size: 5,
        positions: 1,
      }).map(({ code }) => code);
    expect(steps(6, 'linear')).toEqual([]);
    expect(steps(5, 'softmax')).toEqual(['outputUnits', 'softmaxTwice']);
  });

  test('an output of another rank', () => {
    const image = sequential([4, 4], ['Dense', { units: 2, activation: 'softmax' }]);
    const loss = lossSettingsSchema.parse('sparseCategoricalCrossentropy');
    const [finding] = checkOutput(image, { task: 'classification', loss, classes: 'indexes', size: 2 });
    expect(finding).toMatchObject({ code: 'outputRank', pointer: '/model' });
    expect(finding?.message).toContain('[4, 2]');
  });

  test('an activation on probabilities, wherever they were made', () => {
    const twice = sequential(
      [4],
      ['Dense', { name: 'first', units: 3, activation: 'softmax' }],
      ['Dropout', { rate: 0.5 }],
      ['Activation', { name: 'second', activation: 'softmax' }],
    );
    const loss = lossSettingsSchema.parse('sparseCategoricalCrossentropy');
    const findings = checkOutput(twice, { task: 'classification', loss, classes: 'indexes', size: 3 });
    expect(findings.map(({ code }) => code)).toEqual(['activationTwice']);
    expect(findings[0]?.message).toContain('"second"');
  });

  test('of an activation that is not known: said, and never refused', () => {
    const calls = (last: TestCall): TestCall[] => [
      { name: 'a', from: ['x'], shape: [3], activation: 'softmax', weights: { kernel: [4, 3] } },
      { name: 'b', from: ['x'], shape: [3], activation: 'softmax', weights: { kernel: [4, 3] } },
      last,
    ];
    const models = [
      testGraph({ inputs: { x: [4] }, calls: calls({ name: 'mean', type: 'Average', from: ['a', 'b'] }) }),
      sequential([5, 4], ['Dense', { units: 3, activation: 'softmax' }], ['GlobalAveragePooling1D']),
      sequential([5, 4], ['SimpleRNN', { units: 3, activation: 'sigmoid' }]),
      sequential(
        [5, 4],
        [
          'Bidirectional',
          {
            merge_mode: 'ave',
            layer: { class_name: 'SimpleRNN', config: { units: 3, activation: 'sigmoid' } },
          },
        ],
      ),
      sequential(
        [3],
        ['Dense', { units: 3 }],
        ['Expression', { inputs: ['x'], formula: 'exp(x) / sum(exp(x), axis=-1, keepdims=true)' }],
      ),
      sequential([5, 4], ['Dense', { units: 3 }], ['Softmax', { axis: 1 }], ['GlobalAveragePooling1D']),
    ];
    const codes = (graph: ModelGraph, loss: unknown, check: Case) =>
      checkOutput(graph, {
        task: 'classification',
        classes: 'indexes',
        size: 3,
        ...check,
        loss: lossSettingsSchema.parse(loss),
      }).map(({ severity, code }) => `${severity} ${code}`);
    for (const graph of models) {
      expect(codes(graph, 'sparseCategoricalCrossentropy', {})).toEqual(['warning unknownActivation']);
      expect(codes(graph, 'binaryCrossentropy', multilabel)).toEqual(['warning unknownActivation']);
      expect(codes(graph, 'poisson', { ...regression, size: 3 })).toEqual(['warning unknownActivation']);
      expect(codes(graph, 'mse', { ...regression, size: 3 })).toEqual([]);
      expect(codes(graph, logits('sparseCategoricalCrossentropy'), {})).toEqual([]);
      // What does not depend on the activation is still refused.
      expect(codes(graph, 'sparseCategoricalCrossentropy', { size: 4 })).toEqual([
        'error outputUnits',
        'warning unknownActivation',
      ]);
    }
  });

  test('of several outputs the one that is asked for, with its own place', () => {
    const graph = testGraph({
      inputs: { x: [4] },
      calls: [
        { name: 'a', from: ['x'], shape: [3], activation: 'softmax', weights: { kernel: [4, 3] } },
        { name: 'b', from: ['x'], shape: [1], activation: 'relu', weights: { kernel: [4, 1] } },
      ],
      outputs: ['a', 'b'],
    });
    const pointers = { model: '/model', loss: '/losses/b', target: '/targets/b' };
    const loss = lossSettingsSchema.parse('binaryCrossentropy');
    const findings = checkOutput(graph, {
      ...binary,
      task: 'binary',
      classes: 'indexes',
      size: null,
      loss,
      output: 1,
      pointers,
    });
    expect(findings.map(({ pointer }) => pointer)).toEqual(['/losses/b']);
  });
});

test('only errors refuse, and say why', () => {
  const loss = lossSettingsSchema.parse(logits('sparseCategoricalCrossentropy'));
  const check = { task: 'classification', classes: 'indexes', size: 10, loss } as const;
  const problems = toProblems(checkOutput(dense(10, 'softmax'), check));
  // e / (e + 9), the softmax of one 1 among nine 0.
  const limit = ((100 * Math.E) / (Math.E + 9)).toPrecision(2);
  expect(problems).toEqual([
    expect.objectContaining({ code: 'softmaxTwice', message: expect.stringContaining(`${limit} %`) }),
  ]);
  expect(toProblems(checkOutput(dense(10, 'relu'), check))).toEqual([]);
});

test('the most probable class of bounded logits', () => {
  const softmax = (values: number[]): number =>
    Math.exp(values[0] ?? 0) / values.reduce((sum, z) => sum + Math.exp(z), 0);
  expect(mostProbable([-1, 1], 4)).toBeCloseTo(softmax([1, -1, -1, -1]), 12);
  expect(mostProbable([0, Infinity], 4)).toBe(1);
});

test('every loss, task and activation has an answer', () => {
  const tasks: LearningTask[] = ['classification', 'binary', 'multilabel', 'regression'];
  const graphs = activations.map((activation) => dense(4, activation));
  for (const name of Object.keys(lossTraits))
    for (const task of tasks)
      for (const classes of ['indexes', 'oneHot'] as const)
        for (const graph of graphs) {
          const findings = checkOutput(graph, {
            task,
            classes,
            size: 4,
            loss: lossSettingsSchema.parse(name),
          });
          for (const { message, why, hint } of findings) {
            expect(`${message} ${why} ${hint}`).not.toMatch(/NaN %|Infinity|undefined|null/);
          }
        }
});

test('ranges hold the values of the functions', () => {
  const functions: Partial<Record<Activation, (x: number) => number>> = {
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    hard_sigmoid: (x) => Math.min(1, Math.max(0, x / 6 + 0.5)),
    sparse_sigmoid: (x) => Math.min(1, Math.max(0, (x + 1) / 2)),
    tanh: Math.tanh,
    hard_tanh: (x) => Math.min(1, Math.max(-1, x)),
    softsign: (x) => x / (1 + Math.abs(x)),
    relu: (x) => Math.max(0, x),
    relu6: (x) => Math.min(6, Math.max(0, x)),
    softplus: (x) => Math.log1p(Math.exp(x)),
    squareplus: (x) => (x + Math.sqrt(x * x + 4)) / 2,
    exponential: Math.exp,
    log_sigmoid: (x) => -Math.log1p(Math.exp(-x)),
    elu: (x) => (x > 0 ? x : Math.expm1(x)),
    celu: (x) => (x > 0 ? x : Math.expm1(x)),
    linear: (x) => x,
  };
  for (const [name, apply] of Object.entries(functions)) {
    const [least, greatest] = rangeOf(name as Activation);
    const values = Array.from({ length: 401 }, (_, i) => apply((i - 200) / 4));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...values)).toBeLessThanOrEqual(greatest);
    // A bound is one that is come near to.
    if (Number.isFinite(least)) expect(Math.min(...values)).toBeLessThan(least + 0.05);
    if (Number.isFinite(greatest)) expect(Math.max(...values)).toBeGreaterThan(greatest - 0.05);
  }
});
