// What all expressions of one definition may take together, and what is known of those that were checked.

import { limits } from '../expressions/limits.js';
import type { ExpressionProblem } from '../expressions/problem.js';
import { isRecord } from '../objects/forms.js';
import { heldLayers } from './held.js';

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + lengthOf(inner), 0);
}

/** Characters of the formulas of an Expression, also of one within a wrapper; 0 for other layers. */
export function formulaLength(type: unknown, config: unknown): number {
  if (!isRecord(config)) return 0;
  if (type === 'Expression') return lengthOf([config['let'], config['formula'], config['backward']]);
  return heldLayers(config).reduce(
    (sum, inner) => sum + formulaLength(inner['class_name'], inner['config']),
    0,
  );
}

/** Counts through one definition. */
export class Effort {
  readonly #known = new Map<string, ExpressionProblem | null>();
  #characters = 0;
  #values = 0;

  /** Whether so many more characters of formulas may be read. */
  mayRead(characters: number): boolean {
    this.#characters += characters;
    return characters === 0 || this.#characters <= limits.allText;
  }

  /** Whether one more check of backward formulas may begin. */
  get mayCheck(): boolean {
    return this.#values < limits.allChecks;
  }

  /** The outcome of a check, which is made once for equal keys; it says how many values it computed. */
  once(
    key: string,
    check: () => { readonly problem: ExpressionProblem | null; readonly values: number },
  ): ExpressionProblem | null {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { problem, values } = check();
    this.#values += values;
    this.#known.set(key, problem);
    return problem;
  }
}
