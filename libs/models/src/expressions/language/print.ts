// The canonical text of a tree: one space around operators, brackets only where they are needed.

import type { Argument, BinaryOperator, Formula, Node } from './ast.js';

const COMPARISON = 1;
const SUM = 2;
const PRODUCT = 3;
const NEGATION = 4;
const POWER = 5;
const ATOM = 6;

const strengthOf = (operator: BinaryOperator): number => {
  if (operator === '^') return POWER;
  if (operator === '*' || operator === '/') return PRODUCT;
  return operator === '+' || operator === '-' ? SUM : COMPARISON;
};

/** The text of a node, in brackets when it binds less tightly than its place needs. */
function within(node: Node, needed: number): string {
  const [text, strength] = render(node);
  return strength < needed ? `(${text})` : text;
}

function render(node: Node): [text: string, strength: number] {
  switch (node.kind) {
    case 'number':
      return [String(node.value), ATOM];
    case 'name':
      return [node.name, ATOM];
    case 'call':
      return [`${node.name}(${node.arguments.map(printArgument).join(', ')})`, ATOM];
    case 'negate':
      return [`-${within(node.operand, NEGATION)}`, NEGATION];
    case 'binary': {
      const { operator, left, right } = node;
      const strength = strengthOf(operator);
      // Powers group from the right, and take a signed exponent; comparisons do not chain.
      if (operator === '^') return [`${within(left, ATOM)} ^ ${within(right, NEGATION)}`, POWER];
      const leftStrength = strength === COMPARISON ? SUM : strength;
      return [`${within(left, leftStrength)} ${operator} ${within(right, strength + 1)}`, strength];
    }
  }
}

function printArgument({ name, value }: Argument): string {
  const prefix = name === null ? '' : `${name}=`;
  if (value.kind === 'boolean') return `${prefix}${String(value.value)}`;
  if (value.kind === 'list') return `${prefix}[${value.items.map((item) => within(item, SUM)).join(', ')}]`;
  return `${prefix}${printNode(value)}`;
}

/** The text of one node. */
export const printNode = (node: Node): string => render(node)[0];

/** The text of a formula; parsing it gives the same tree. */
export const printFormula = ({ definitions, result }: Formula): string =>
  [...definitions.map(({ name, value }) => `${name} = ${printNode(value)}`), printNode(result)].join('; ');
