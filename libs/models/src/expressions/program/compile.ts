// From a definition to its program: formulas in their order, then the rules between names.

import type { ExpressionDefinition } from '../definition.js';
import type { Formula } from '../language/ast.js';
import { didYouMean } from '../language/nearest.js';
import { parseFormula } from '../language/parse.js';
import {
  ExpressionError,
  problemAt,
  type ExpressionProblem,
  type ExpressionProblemCode,
} from '../problem.js';
import { reachedByGradient } from './gradientPaths.js';
import { Resolver } from './resolver.js';
import { neededFor, type Backward, type Program } from './steps.js';

type Path = readonly PropertyKey[];

class Compiler {
  readonly problems: ExpressionProblem[] = [];
  readonly #resolver = new Resolver();
  readonly #inputs: readonly string[];
  readonly #parameters: readonly string[];

  constructor(private readonly definition: ExpressionDefinition) {
    this.#inputs = definition.inputs;
    this.#parameters = Object.keys(definition.parameters);
  }

  /** Null when there are problems. */
  run(): Program | null {
    this.#declareNames();
    const { definition } = this;
    const inline: string[] = [];
    definition.let.forEach(({ name, formula }, index) => {
      const path = ['let', index, 'formula'];
      if (this.#isTaken(name, ['let', index, 'name'])) return;
      const result = this.#formula(path, formula, (parsed) => {
        for (const { name: part } of parsed.definitions) inline.push(part);
      });
      if (result !== null) this.#resolver.name(name, result);
    });
    const output = this.#formula(['formula'], definition.formula, (parsed) => {
      for (const { name: part } of parsed.definitions) inline.push(part);
    });
    if (output === null || this.problems.length > 0) return null;
    const forwardCount = this.#resolver.steps.length;
    const backward = this.#backward(output);
    const { steps } = this.#resolver;
    const program = {
      steps,
      inputs: this.#inputs,
      parameters: this.#parameters,
      output,
      forwardCount,
      backward,
    };
    this.#checkUse(program, inline);
    if (this.problems.length === 0) this.#checkGradients(program);
    return this.problems.length > 0 ? null : program;
  }

  #problem(path: Path, code: ExpressionProblemCode, message: string, hint: string): void {
    this.problems.push(problemAt(path, new ExpressionError(code, message, hint)));
  }

  #isTaken(name: string, path: Path): boolean {
    const taken = this.#resolver.names.includes(name);
    if (taken)
      this.#problem(path, 'duplicateName', `the name "${name}" is taken`, 'Give each thing its own name');
    return taken;
  }

  #declareNames(): void {
    const { config } = this.definition;
    this.#inputs.forEach((name, index) => {
      if (this.#isTaken(name, ['inputs', index])) return;
      this.#resolver.declare(name, { kind: 'leaf', role: 'input', name, inputs: [] });
    });
    for (const name of this.#parameters) {
      if (this.#isTaken(name, ['parameters', name])) continue;
      this.#resolver.declare(name, { kind: 'leaf', role: 'parameter', name, inputs: [] });
    }
    for (const [name, value] of Object.entries(config)) {
      if (this.#isTaken(name, ['config', name])) continue;
      this.#resolver.declare(name, { kind: 'constant', value, inputs: [] });
    }
    this.#resolver.declare('features', { kind: 'leaf', role: 'features', name: 'features', inputs: [] });
  }

  /** The index of a formula's result; null when there are problems. */
  #formula(path: Path, text: string, onParsed: (formula: Formula) => void): number | null {
    try {
      const formula = parseFormula(text);
      onParsed(formula);
      return this.#resolver.add(path, formula);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.problems.push(problemAt(path, error));
      return null;
    }
  }

  #backward(output: number): Backward {
    const { backward, parameters } = this.definition;
    if (backward === null || backward === undefined) return { kind: 'automatic' };
    if (backward === 'straightThrough') return { kind: 'straightThrough' };
    this.#resolver.declare('gradient', { kind: 'leaf', role: 'gradient', name: 'gradient', inputs: [] });
    this.#resolver.name('output', output);
    const targets = [...this.#inputs, ...this.#parameters];
    const of = new Map<string, number>();
    for (const [name, text] of Object.entries(backward)) {
      const path = ['backward', name];
      if (!targets.includes(name)) {
        const message = `there is no input or parameter "${name}"`;
        this.#problem(path, 'unknownName', message, didYouMean(name, targets));
        continue;
      }
      const result = this.#resolver.inner(() => this.#formula(path, text, () => undefined));
      if (result !== null) of.set(name, result);
    }
    for (const name of targets) {
      if (Object.hasOwn(backward, name) || parameters[name]?.trainable === false) continue;
      const message = `there is no backward formula for "${name}"`;
      this.#problem(['backward'], 'missingBackward', message, `Add "${name}": "gradient * …"`);
    }
    return { kind: 'formulas', of };
  }

  /** Inputs and parameters have to matter for the output, other names for any formula. */
  #checkUse({ steps, output }: Program, inline: readonly string[]): void {
    const needed = neededFor(steps, [output]);
    const forward = new Set(
      steps.flatMap(({ operation }, index) =>
        needed[index] && operation.kind === 'leaf' ? [operation.name] : [],
      ),
    );
    const { definition } = this;
    const unused = (path: Path, name: string): void => {
      this.#problem(path, 'unusedName', `"${name}" has no part in the result`, 'Use it, or leave it out');
    };
    this.#inputs.forEach((name, index) => {
      if (!forward.has(name)) unused(['inputs', index], name);
    });
    for (const name of this.#parameters) if (!forward.has(name)) unused(['parameters', name], name);
    const lengths = Object.values(definition.parameters).flatMap(({ shape }) => shape);
    for (const name of this.#resolver.unused(Object.keys(definition.config))) {
      if (!lengths.includes(name)) unused(['config', name], name);
    }
    const lets = definition.let.map(({ name }) => name);
    for (const name of this.#resolver.unused(lets)) unused(['let', lets.indexOf(name)], name);
    for (const name of this.#resolver.unused(inline)) unused(['formula'], name);
  }

  #checkGradients(program: Program): void {
    const { parameters } = this.definition;
    const trainable = this.#parameters.filter((name) => parameters[name]?.trainable);
    const { kind } = program.backward;
    if (kind === 'formulas') return;
    const hint =
      'Use it as straightThrough(round(w), w), which has the gradient of w, or give backward formulas';
    if (kind === 'straightThrough') {
      for (const name of trainable) {
        const message = `"straightThrough" gives gradients to the inputs alone: "${name}" would not be trained`;
        this.#problem(['parameters', name], 'noGradient', message, hint);
      }
      return;
    }
    const reached = reachedByGradient(program);
    for (const name of trainable.filter((parameter) => !reached.has(parameter))) {
      const message = `"${name}" would not be trained: floor, round, ceil, sign and comparisons have no gradient`;
      this.#problem(['parameters', name], 'noGradient', message, hint);
    }
  }
}

/** The program of a definition, or all that is wrong with it. */
export function compile(
  definition: ExpressionDefinition,
):
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] } {
  const compiler = new Compiler(definition);
  const program = compiler.run();
  return program ? { ok: true, program } : { ok: false, problems: compiler.problems };
}
