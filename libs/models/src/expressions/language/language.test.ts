import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limits } from '../limits.js';
import { ExpressionError } from '../problem.js';
import { binaryOperators, type Argument, type Definition, type Formula, type Node } from './ast.js';
import { parseFormula } from './parse.js';
import { printFormula } from './print.js';

/** A tree as text with brackets around everything. */
function bracketed(node: Node | Argument['value']): string {
  switch (node.kind) {
    case 'number':
    case 'boolean':
      return String(node.value);
    case 'name':
      return node.name;
    case 'negate':
      return `(-${bracketed(node.operand)})`;
    case 'binary':
      return `(${bracketed(node.left)}${node.operator}${bracketed(node.right)})`;
    case 'list':
      return `[${node.items.map(bracketed).join(',')}]`;
    case 'call': {
      const list = node.arguments.map(
        ({ name, value }) => `${name === null ? '' : `${name}=`}${bracketed(value)}`,
      );
      return `${node.name}(${list.join(',')})`;
    }
  }
}
const treeOf = (text: string): string => bracketed(parseFormula(text).result);

/** Offsets are not part of what a formula says. */
const withoutPlaces = (formula: Formula): unknown =>
  JSON.parse(JSON.stringify(formula, (key, value: unknown) => (key === 'at' ? undefined : value)));

const identifier = fc
  .stringMatching(/^[A-Za-z_$][A-Za-z0-9_$]{0,5}$/)
  .filter((name) => !/^(true|false)$/.test(name));
const at = fc.constant(0);
const { node } = fc.letrec<{ node: Node; argument: Argument }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ kind: fc.constant('name'), name: identifier, at }),
    fc.record({
      kind: fc.constant('number'),
      value: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(Math.abs),
      at,
    }),
    fc.record({ kind: fc.constant('negate'), operand: tie('node'), at }),
    fc.record({
      kind: fc.constant('binary'),
      operator: fc.constantFrom(...binaryOperators),
      left: tie('node'),
      right: tie('node'),
      at,
    }),
    fc.record({
      kind: fc.constant('call'),
      name: identifier,
      arguments: fc.array(tie('argument'), { maxLength: 3 }),
      at,
    }),
  ),
  argument: fc.record({
    name: fc.option(identifier),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.record({ kind: fc.constant('boolean'), value: fc.boolean(), at }),
      tie('node'),
      fc.record({ kind: fc.constant('list'), items: fc.array(tie('node'), { maxLength: 3 }), at }),
    ),
  }),
}));
const definition: fc.Arbitrary<Definition> = fc.record({ name: identifier, value: node, at });
const formula: fc.Arbitrary<Formula> = fc.record({
  definitions: fc.array(definition, { maxLength: 2 }),
  result: node,
});

describe('parse and print', () => {
  test('a printed tree is parsed to the same tree, and printed the same', () => {
    let checked = 0;
    fc.assert(
      fc.property(formula, (tree) => {
        const text = printFormula(tree);
        if (text.length > limits.text) return;
        const parsed = parseFormula(text);
        expect(withoutPlaces(parsed)).toEqual(withoutPlaces(tree));
        expect(printFormula(parsed)).toBe(text);
        checked += 1;
      }),
      { numRuns: 2000 },
    );
    expect(checked).toBeGreaterThan(1900);
  });

  test.each([
    ['a + b * c', '(a+(b*c))'],
    ['a * b + c', '((a*b)+c)'],
    ['a - b - c', '((a-b)-c)'],
    ['a / b / c', '((a/b)/c)'],
    ['a / b * c', '((a/b)*c)'],
    ['a ^ b ^ c', '(a^(b^c))'],
    ['-a ^ 2', '(-(a^2))'],
    ['a ^ -b', '(a^(-b))'],
    ['a ^ -b ^ c', '(a^(-(b^c)))'],
    ['-a * b', '((-a)*b)'],
    ['a * -b', '(a*(-b))'],
    ['a - -b', '(a-(-b))'],
    ['--a', '(-(-a))'],
    ['a * b ^ c', '(a*(b^c))'],
    ['a + b < c * d', '((a+b)<(c*d))'],
    ['(a < b) == c', '((a<b)==c)'],
    ['a * (b + c)', '(a*(b+c))'],
    ['f(a + b, axis=-1, keepdims=true)', 'f((a+b),axis=(-1),keepdims=true)'],
    ['reshape(a, [2, n * 3, -1])', 'reshape(a,[2,(n*3),(-1)])'],
    ['1e3 + .5 + 2. + 1.5E-2', '(((1000+0.5)+2)+0.015)'],
    [' a\n+\tb ', '(a+b)'],
    ['truely * falsehood', '(truely*falsehood)'],
  ])('%s', (text, tree) => {
    expect(treeOf(text)).toBe(tree);
  });

  test.each([
    ['((a)) + (b*c)', 'a + b * c'],
    ['a-(b-c)', 'a - (b - c)'],
    ['(a^b)^c', '(a ^ b) ^ c'],
    ['(-a)^2', '(-a) ^ 2'],
    ['-(a*b)', '-(a * b)'],
    ['u=a*a;u+1', 'u = a * a; u + 1'],
    ['f( a,axis = -1 )', 'f(a, axis=-1)'],
  ])('%s is printed as %s', (text, printed) => {
    expect(printFormula(parseFormula(text))).toBe(printed);
  });

  test('offsets are those of the text', () => {
    expect(parseFormula('  ab + cd').result).toEqual({
      kind: 'binary',
      operator: '+',
      left: { kind: 'name', name: 'ab', at: 2 },
      right: { kind: 'name', name: 'cd', at: 7 },
      at: 5,
    });
  });
});

/** What is said of a text that is no formula. */
function refusalOf(text: string): [code: string, message: string, hint: string] {
  try {
    parseFormula(text);
  } catch (error) {
    if (error instanceof ExpressionError) return [error.code, error.message, error.hint];
    throw error;
  }
  throw new Error(`"${text}" was parsed`);
}

describe('syntax errors say what was expected, and where', () => {
  const VALUE = 'a number, a name, "(" or "-"';
  const PLAIN = 'Write a formula such as x * sigmoid(beta * x)';
  test.each([
    ['', `expected ${VALUE}, found the end`, PLAIN],
    ['a +', `expected ${VALUE}, found the end`, PLAIN],
    ['a + * b', `expected ${VALUE}, found "*" at character 5`, PLAIN],
    ['(a + b', 'expected ")", found the end', PLAIN],
    ['a b', 'expected an operator, ";" or the end, found "b" at character 3', 'A product is written with *'],
    ['2(a)', 'expected an operator, ";" or the end, found "(" at character 2', 'A product is written with *'],
    [
      'a < b < c',
      'expected an operator, ";" or the end, found "<" at character 7',
      'Comparisons do not chain: (a < b) * (b < c)',
    ],
    ['a ** 2', `expected ${VALUE}, found "*" at character 4`, 'A power is written with ^'],
    [
      'a && b',
      '"&" at character 3 is not part of the language',
      'Conditions are joined by min(a, b) for "and", max(a, b) for "or"',
    ],
    ['!a', '"!" at character 1 is not part of the language', '"Not a" is written 1 - a'],
    ['a ? b', '"?" at character 3 is not part of the language', 'A choice is written where(condition, a, b)'],
    [
      'a % b',
      '"%" at character 3 is not part of the language',
      'A remainder is written x - y * floor(x / y)',
    ],
    [
      'a.b',
      '"." at character 2 is not part of the language',
      'There are no members: functions are called as in exp(x)',
    ],
    ['"a"', '""" at character 1 is not part of the language', 'There are no strings'],
    [
      'a; b',
      'has something after its result: only the last part may be without a name',
      'Write "name = …;" for the parts before it',
    ],
    ['u = a', 'has no result: its last part has a name', 'End with the result, such as "a = x * x; a + 1"'],
  ])('%j', (text, message, hint) => {
    expect(refusalOf(text)).toEqual(['formulaSyntax', message, hint]);
  });

  test('numbers are finite', () => {
    expect(refusalOf('1e999')).toEqual([
      'notFinite',
      'the number 1e999 is too large',
      'Use one below 1.8e308',
    ]);
  });

  test('limits: as much as is allowed passes, one more does not', () => {
    const sum = (count: number) => Array.from({ length: count }, () => 'a').join('+'); // 2n − 1 nodes.
    const nested = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    const spaces = (length: number) => `a${' '.repeat(length - 1)}`;
    expect(treeOf(sum(limits.nodes / 2))).toContain('a');
    expect(refusalOf(sum(limits.nodes / 2 + 1))[0]).toBe('formulaTooLarge');
    expect(treeOf(nested(limits.nesting))).toBe('a');
    expect(refusalOf(nested(limits.nesting + 1))[0]).toBe('formulaTooLarge');
    expect(treeOf(spaces(limits.text))).toBe('a');
    expect(refusalOf(spaces(limits.text + 1))[0]).toBe('formulaTooLong');
    expect(treeOf(`${'-'.repeat(limits.nodes - 1)}a`)).toHaveLength(3 * (limits.nodes - 1) + 1);
  });
});
