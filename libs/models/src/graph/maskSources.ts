// Which inputs of layers that make masks the mask of a value comes from, as far as the plans of layers say.

import type { LayerPlan } from '../layers/layer.js';

const MAKERS = new Set(['Embedding', 'Masking']);
const NONE: ReadonlySet<number> = new Set();

/** Values are indexes into the graph's. Costs as many steps as calls have inputs, times the sources of these. */
export class MaskSources {
  readonly #of = new Map<number, ReadonlySet<number>>();

  /** Takes in a call. A mask that a layer computes counts as coming from all of its inputs' masks. */
  follow(type: string, { mask }: LayerPlan, inputs: readonly number[], outputs: readonly number[]): void {
    if (mask === undefined) return;
    const sources = MAKERS.has(type)
      ? new Set(inputs)
      : this.#union(mask === 'pass' ? inputs.slice(0, 1) : inputs);
    if (sources.size > 0) for (const output of outputs) this.#of.set(output, sources);
  }

  /** Whether no mask of the inputs comes from one of these values. */
  lacks(inputs: readonly number[], sources: readonly number[]): boolean {
    const known = this.#union(inputs);
    return sources.some((source) => !known.has(source));
  }

  #union(values: readonly number[]): ReadonlySet<number> {
    const sets = [...new Set(values.map((value) => this.#of.get(value) ?? NONE))].filter(
      ({ size }) => size > 0,
    );
    return sets.length < 2 ? (sets[0] ?? NONE) : new Set(sets.flatMap((set) => [...set]));
  }
}
