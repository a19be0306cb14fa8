// Whatever is given: a plan, or typed problems with places in it.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SettingError, ShapeError, type Shape } from '../layers/layer.js';
import { registry } from '../layers/registry.js';
import { parseFormula } from './language/parse.js';
import { printFormula } from './language/print.js';
import { ExpressionError } from './problem.js';
import { functions } from './program/functions.js';

const WORDS = [
  ...functions.keys(),
  ...['x', 'y', 'w', 'n', 'u', 'gradient', 'output', 'features', 'pi', 'true', 'axis', 'keepdims'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '0',
    '1',
    '-1',
    '2.5',
    '1e308',
    '.5',
    '1e',
    'é',
    '"',
    '\0',
    '//',
  ],
  ...['+', '-', '*', '/', '^', '<', '<=', '==', '!=', '=', '(', ')', '[', ']', ',', ';', ' ', '.', '%', '&&'],
];
/** Texts of the language's words, mostly no formulas. */
const words = fc.array(fc.constantFrom(...WORDS), { maxLength: 24 }).map((list) => list.join(''));

const some = (word: string, weight: number) => ({ weight, arbitrary: fc.constant(word) });
const leaf = fc.oneof(
  some('x', 60),
  some('2', 8),
  some('0.5', 6),
  ...['y', 'w', 'n', 'u', 'features', '0', '-1', 'gradient'].map((word) => some(word, 1)),
);
const taking = (count: number): string[] =>
  [...functions].flatMap(
    ([
      name,
      {
        operands: [least, most],
      },
    ]) => (least <= count && count <= most ? [name] : []),
  );
/** Formulas that can be parsed, and seldom have right names and shapes. */
const { formula } = fc.letrec<{ formula: string }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .tuple(tie('formula'), fc.constantFrom('+', '-', '*', '/', '^', '<', '>='), tie('formula'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc.tuple(fc.constantFrom(...taking(1)), tie('formula')).map(([name, a]) => `${name}(${a})`),
    fc
      .tuple(fc.constantFrom(...taking(2)), tie('formula'), tie('formula'))
      .map(([name, a, b]) => `${name}(${a}, ${b})`),
    fc
      .tuple(
        fc.constantFrom('sum', 'mean', 'max', 'softmax', 'concat'),
        tie('formula'),
        fc.integer({ min: -4, max: 4 }),
      )
      .map(([name, a, axis]) => `${name}(${a}, axis=${axis})`),
    fc
      .tuple(
        fc.constantFrom('reshape', 'transpose'),
        tie('formula'),
        fc.array(fc.integer({ min: -2, max: 7 }), { maxLength: 4 }),
      )
      .map(([name, a, list]) => `${name}(${a}, [${list.join(', ')}])`),
  ),
}));

const shape = fc.array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(1024, 2 ** 20)), {
  maxLength: 3,
});
const anything = fc.jsonValue({ maxDepth: 2 });
/** A setting that is mostly of the right form. */
const mostly = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 29, arbitrary: value }, { weight: 1, arbitrary: anything });
/** A setting that has mostly the value that stands for none. */
const seldom = (none: unknown, value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  mostly(fc.oneof({ weight: 3, arbitrary: fc.constant(none) }, { weight: 1, arbitrary: value }));
const text = mostly(fc.oneof({ weight: 9, arbitrary: formula }, { weight: 1, arbitrary: words }));
const parameter = fc.record({
  shape: mostly(fc.oneof(shape, fc.constant(['features', 'n']))),
  initializer: mostly(fc.constant('zeros')),
});
const length = fc.oneof(fc.integer({ min: -1, max: 5 }), fc.double());
const part = fc.record({ name: mostly(fc.constantFrom('u', 'v', 'x')), formula: text });
const formulas = fc.oneof(fc.record({ x: text }), fc.record({ x: text, y: text, w: text }));
const config = fc.record(
  {
    inputs: seldom(['x'], fc.constant(['x', 'y'])),
    parameters: seldom({}, fc.dictionary(fc.constantFrom('w', 'y', '__proto__'), parameter, { maxKeys: 2 })),
    config: seldom({}, fc.record({ n: length })),
    let: seldom([], fc.array(part, { maxLength: 2 })),
    formula: text,
    backward: seldom(null, fc.oneof(fc.constant('straightThrough'), formulas)),
  },
  { requiredKeys: ['inputs', 'formula'] },
);

/** What became of a layer's settings. */
function outcomeOf(settings: unknown, shapes: readonly Shape[]): 'plan' | 'settings' | 'build' {
  const read = registry.get('Expression')?.(settings);
  if (!read?.ok) {
    expect(read?.issues.length).toBeGreaterThan(0);
    for (const { message } of read?.issues ?? []) expect(message).not.toBe('');
    return 'settings';
  }
  try {
    const plan = read.build({ shapes, names: shapes.map(() => null), options: {} }, () => {
      throw new Error('an Expression has no inner layer');
    });
    expect(plan.outputs).toHaveLength(1);
    expect(plan.flops).toBeGreaterThanOrEqual(0);
    return 'plan';
  } catch (error) {
    if (!(error instanceof SettingError) && !(error instanceof ShapeError)) throw error;
    expect([error.message, error.hint]).not.toContain('');
    return 'build';
  }
}

test('5,000 texts', () => {
  fc.assert(
    fc.property(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 60 }), formula), (given) => {
      try {
        const tree = parseFormula(given);
        expect(printFormula(parseFormula(printFormula(tree)))).toBe(printFormula(tree));
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError);
      }
    }),
    { numRuns: 5000 },
  );
});

test('5,000 definitions', () => {
  const counts = { plan: 0, settings: 0, build: 0 };
  const given = fc.oneof({ weight: 9, arbitrary: config }, { weight: 1, arbitrary: anything });
  fc.assert(
    fc.property(given, fc.oneof(fc.tuple(shape), fc.tuple(shape, shape)), (settings, shapes) => {
      counts[outcomeOf(settings, shapes)] += 1;
    }),
    { numRuns: 5000 },
  );
  // The generator comes to every stage.
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(50);
});
