// The words of the language. A token's label is how a message calls it.

import { createToken, Lexer, type TokenType } from 'chevrotain';

const token = (name: string, pattern: RegExp | string, label: string, longer?: TokenType): TokenType =>
  createToken({ name, pattern, label, ...(longer ? { longer_alt: longer } : {}) });

export const Name = token('Name', /[A-Za-z_$][A-Za-z0-9_$]*/, 'a name');
export const NumberLiteral = token('Number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/, 'a number');
export const True = token('True', 'true', '"true"', Name);
export const False = token('False', 'false', '"false"', Name);
const space = createToken({ name: 'Space', pattern: /\s+/, group: Lexer.SKIPPED });

/** A token that is written as it is. */
const sign = (name: string, text: string): TokenType => token(name, text, `"${text}"`);
export const LessEqual = sign('LessEqual', '<=');
export const GreaterEqual = sign('GreaterEqual', '>=');
export const Equal = sign('Equal', '==');
export const NotEqual = sign('NotEqual', '!=');
export const Less = sign('Less', '<');
export const Greater = sign('Greater', '>');
export const Assign = sign('Assign', '=');
export const Plus = sign('Plus', '+');
export const Minus = sign('Minus', '-');
export const Times = sign('Times', '*');
export const Divide = sign('Divide', '/');
export const Power = sign('Power', '^');
export const Open = sign('Open', '(');
export const Close = sign('Close', ')');
export const OpenList = sign('OpenList', '[');
export const CloseList = sign('CloseList', ']');
export const Comma = sign('Comma', ',');
export const Semicolon = sign('Semicolon', ';');

/** In the order in which they are tried. */
export const tokens: TokenType[] = [
  space,
  True,
  False,
  Name,
  NumberLiteral,
  LessEqual,
  GreaterEqual,
  Equal,
  NotEqual,
  Less,
  Greater,
  Assign,
  Plus,
  Minus,
  Times,
  Divide,
  Power,
  Open,
  Close,
  OpenList,
  CloseList,
  Comma,
  Semicolon,
];

export const lexer = new Lexer(tokens, { positionTracking: 'onlyOffset' });
