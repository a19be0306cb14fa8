// The syntax tree of a formula. `at` is the offset of a node's first character (of the operator, for one with two
// sides).

export const binaryOperators = ['+', '-', '*', '/', '^', '<', '<=', '>', '>=', '==', '!='] as const;
export type BinaryOperator = (typeof binaryOperators)[number];

export interface NumberNode {
  readonly kind: 'number';
  /** Finite, and not negative: a minus is a node of its own. */
  readonly value: number;
  readonly at: number;
}
export interface NameNode {
  readonly kind: 'name';
  readonly name: string;
  readonly at: number;
}
export interface NegateNode {
  readonly kind: 'negate';
  readonly operand: Node;
  readonly at: number;
}
export interface BinaryNode {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
  readonly at: number;
}
export interface CallNode {
  readonly kind: 'call';
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly at: number;
}
export type Node = NumberNode | NameNode | NegateNode | BinaryNode | CallNode;

/** Only as an argument: whole numbers and names. */
export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly at: number;
}
export interface BooleanNode {
  readonly kind: 'boolean';
  readonly value: boolean;
  readonly at: number;
}
export interface Argument {
  /** Of a setting, as in `axis=-1`. */
  readonly name: string | null;
  readonly value: Node | ListNode | BooleanNode;
}

export interface Definition {
  readonly name: string;
  readonly value: Node;
  readonly at: number;
}

/** `a = …; b = …; result`. */
export interface Formula {
  readonly definitions: readonly Definition[];
  readonly result: Node;
}
