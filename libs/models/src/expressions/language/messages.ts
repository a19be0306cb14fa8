// Syntax errors in words: what was expected, what was found, where.

import { EOF, tokenLabel, type IParserErrorMessageProvider, type IToken, type TokenType } from 'chevrotain';
import { character } from '../problem.js';

/** Everything that can begin a value, by the labels of its tokens. */
const VALUE = ['a number', 'a name', '"("', '"-"'];
const startsValue = (labels: readonly string[]): boolean => labels.includes('a number');

function alternatives(labels: readonly string[]): string {
  const distinct = [...new Set(startsValue(labels) ? [...VALUE, ...labels] : labels)];
  const last = distinct.pop() ?? 'nothing';
  return distinct.length === 0 ? last : `${distinct.join(', ')} or ${last}`;
}

const found = (token: IToken): string => (token.tokenType === EOF ? 'the end' : `"${token.image}"`);
const place = (token: IToken): string => (token.tokenType === EOF ? '' : ` ${character(token.startOffset)}`);

const unexpected = (labels: readonly string[], actual: IToken): string =>
  `expected ${alternatives(labels)}, found ${found(actual)}${place(actual)}`;

/** The first tokens of each way on. */
const firsts = (paths: readonly (readonly TokenType[])[]): string[] =>
  paths.flatMap(([first]) => (first ? [tokenLabel(first)] : []));

export const messages: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected, actual }) => unexpected([tokenLabel(expected)], actual),
  buildNotAllInputParsedMessage: ({ firstRedundant }) =>
    `expected an operator, ";" or the end, found ${found(firstRedundant)}${place(firstRedundant)}`,
  buildNoViableAltMessage: ({ expectedPathsPerAlt, actual: [actual] }) =>
    actual ? unexpected(firsts(expectedPathsPerAlt.flat()), actual) : 'expected a value',
  buildEarlyExitMessage: ({ expectedIterationPaths, actual: [actual] }) =>
    actual ? unexpected(firsts(expectedIterationPaths), actual) : 'expected a value',
};
