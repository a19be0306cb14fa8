// From a formula's text to its tree.

import type { IToken } from 'chevrotain';
import { limits } from '../limits.js';
import { character, ExpressionError } from '../problem.js';
import type { Formula } from './ast.js';
import { Grammar } from './grammar.js';
import { messages } from './messages.js';
import { Close, CloseList, lexer, Open, OpenList } from './tokens.js';

const grammar = new Grammar(messages);

const syntax = (message: string, hint: string): ExpressionError =>
  new ExpressionError('formulaSyntax', message, hint);

const HINTS: readonly [RegExp, string][] = [
  [/^\*\*/, 'A power is written with ^'],
  [/^(&|\|)/, 'Conditions are joined by min(a, b) for "and", max(a, b) for "or"'],
  [/^!/, '"Not a" is written 1 - a'],
  [/^\?/, 'A choice is written where(condition, a, b)'],
  [/^%/, 'A remainder is written x - y * floor(x / y)'],
  [/^[.]/, 'There are no members: functions are called as in exp(x)'],
  [/^["'`]/, 'There are no strings'],
];
const PLAIN_HINT = 'Write a formula such as x * sigmoid(beta * x)';
const hintFor = (rest: string): string => HINTS.find(([pattern]) => pattern.test(rest))?.[1] ?? PLAIN_HINT;

function checkNesting(tokens: readonly IToken[]): void {
  let depth = 0;
  for (const { tokenType, startOffset } of tokens) {
    if (tokenType === Open || tokenType === OpenList) depth += 1;
    if (tokenType === Close || tokenType === CloseList) depth -= 1;
    if (depth <= limits.nesting) continue;
    const message = `has more than ${limits.nesting} brackets within brackets ${character(startOffset)}`;
    throw new ExpressionError('formulaTooLarge', message, 'Give parts of it names: "a = …; b = …; a + b"');
  }
}

/** The tree of a formula. Throws ExpressionError with what was expected, and where. */
export function parseFormula(text: string): Formula {
  if (text.length > limits.text) {
    const message = `has ${text.length} characters, the limit is ${limits.text}`;
    throw new ExpressionError('formulaTooLong', message, 'Split it over several layers');
  }
  const { tokens, errors } = lexer.tokenize(text);
  const [unknown] = errors;
  if (unknown) {
    const rest = text.slice(unknown.offset);
    const [sign = ''] = rest;
    throw syntax(`"${sign}" ${character(unknown.offset)} is not part of the language`, hintFor(rest));
  }
  checkNesting(tokens);
  grammar.input = tokens;
  const formula = grammar.formula();
  const [error] = grammar.errors;
  if (!error) return formula;
  const { startOffset } = error.token;
  const before = Number.isNaN(startOffset) ? text.length : startOffset;
  const rest = text.slice(Math.max(0, before - 1));
  const redundant = error.name === 'NotAllInputParsedException' ? text.slice(before) : '';
  if (/^[\w(]/.test(redundant)) throw syntax(error.message, 'A product is written with *');
  if (/^[<>!=]/.test(redundant)) throw syntax(error.message, 'Comparisons do not chain: (a < b) * (b < c)');
  throw syntax(error.message, hintFor(rest));
}
