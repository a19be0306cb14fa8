// From trees to steps: names, arguments and settings are checked, constants are computed.

import type { BinaryOperator, CallNode, Definition, Formula, Node } from '../language/ast.js';
import { didYouMean } from '../language/nearest.js';
import { printNode } from '../language/print.js';
import { limits } from '../limits.js';
import { character, ExpressionError } from '../problem.js';
import { elementwise, type ElementwiseOp } from './elementwise.js';
import { constants, functions } from './functions.js';
import { nameProblem } from './names.js';
import { readArguments } from './arguments.js';
import type { Operation, Step } from './steps.js';

const binaryOps: Readonly<Record<BinaryOperator, ElementwiseOp>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '^': 'pow',
  '<': 'less',
  '<=': 'lessEqual',
  '>': 'greater',
  '>=': 'greaterEqual',
  '==': 'equal',
  '!=': 'notEqual',
};

export class Resolver {
  readonly steps: Step[] = [];
  readonly #known = new Map<string, number>();
  readonly #names = new Map<string, number>();
  readonly #used = new Set<string>();
  #path: readonly PropertyKey[] = [];

  /** A value that formulas may use by name. */
  declare(name: string, operation: Operation): void {
    this.#names.set(name, this.#add(operation, { kind: 'name', name, at: 0 }));
  }

  /** The steps of a formula, for the path of its problems; returns the index of its result. */
  add(path: readonly PropertyKey[], { definitions, result }: Formula): number {
    this.#path = path;
    definitions.forEach((definition) => {
      this.#define(definition);
    });
    return this.#node(result);
  }

  /** Gives the result of a formula a name. */
  name(name: string, index: number): void {
    this.#names.set(name, index);
  }

  /** The names that formulas may use. */
  get names(): string[] {
    return [...this.#names.keys()];
  }

  /** Names that no formula has used. */
  unused(names: readonly string[]): string[] {
    return names.filter((name) => !this.#used.has(name));
  }

  /** A resolver that knows what this one knows; names that it learns stay its own, steps do not. */
  inner<T>(work: () => T): T {
    const names = [...this.#names];
    try {
      return work();
    } finally {
      this.#names.clear();
      for (const [name, index] of names) this.#names.set(name, index);
    }
  }

  #define({ name, value, at }: Definition): void {
    const problem = nameProblem(name);
    if (problem !== null) {
      throw new ExpressionError('badName', `"${name}" ${character(at)} ${problem}`, 'Choose another name');
    }
    if (this.#names.has(name)) {
      const message = `"${name}" ${character(at)} has a value already`;
      throw new ExpressionError('duplicateName', message, 'Give each intermediate result its own name');
    }
    this.#names.set(name, this.#node(value));
  }

  #add(operation: Operation, source: Node): number {
    const folded = this.#fold(operation, source);
    const key = JSON.stringify(folded);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.steps.length >= limits.steps) {
      const message = `all formulas together have more than ${limits.steps} different operations`;
      throw new ExpressionError('formulaTooLarge', message, 'Split them over several layers');
    }
    const index = this.steps.push({ operation: folded, source, path: this.#path }) - 1;
    this.#known.set(key, index);
    return index;
  }

  /** A function of constants is a constant. */
  #fold(operation: Operation, source: Node): Operation {
    if (operation.kind !== 'elementwise') return operation;
    const values: number[] = [];
    for (const input of operation.inputs) {
      const step = this.steps[input]?.operation;
      if (step?.kind !== 'constant') return operation;
      values.push(step.value);
    }
    const value = elementwise[operation.op].compute(...values);
    if (Number.isFinite(value)) return { kind: 'constant', value: value === 0 ? 0 : value, inputs: [] };
    const message = `"${printNode(source).slice(0, 80)}" ${character(source.at)} is not a finite number`;
    throw new ExpressionError('notFinite', message, 'Check the constants and the configuration');
  }

  #node(node: Node): number {
    switch (node.kind) {
      case 'number':
        return this.#add({ kind: 'constant', value: node.value, inputs: [] }, node);
      case 'name':
        return this.#lookUp(node.name, node);
      case 'negate':
        return this.#elementwise('negate', [node.operand], node);
      case 'binary':
        return this.#elementwise(binaryOps[node.operator], [node.left, node.right], node);
      case 'call':
        return this.#call(node);
    }
  }

  #elementwise(op: ElementwiseOp, operands: readonly Node[], node: Node): number {
    const inputs = operands.map((operand) => this.#node(operand));
    return this.#add({ kind: 'elementwise', op, inputs }, node);
  }

  #lookUp(name: string, node: Node): number {
    const index = this.#names.get(name);
    if (index !== undefined) {
      this.#used.add(name);
      return index;
    }
    const constant = constants.get(name);
    if (constant !== undefined) return this.#add({ kind: 'constant', value: constant, inputs: [] }, node);
    const isFunction = functions.get(name);
    const message = `"${name}" ${character(node.at)} is not known`;
    const hint = isFunction
      ? `It is a function: ${isFunction.usage}`
      : didYouMean(name, [...this.#names.keys(), ...constants.keys()]);
    throw new ExpressionError('unknownName', message, hint);
  }

  #call(node: CallNode): number {
    const target = functions.get(node.name);
    if (!target) {
      const message = `there is no function "${node.name}" ${character(node.at)}`;
      const hint = this.#names.has(node.name)
        ? 'A product is written with *'
        : didYouMean(node.name, [...functions.keys()]);
      throw new ExpressionError('unknownFunction', message, hint);
    }
    const { operands, settings } = readArguments(node, target, (value) => {
      const step = this.steps[this.#node(value)]?.operation;
      if (step?.kind === 'constant') return step.value;
      return step?.kind === 'leaf' && step.role === 'features' ? 'features' : null;
    });
    const inputs = operands.map((operand) => this.#node(operand));
    return this.#add(target.build(inputs, settings), node);
  }
}
