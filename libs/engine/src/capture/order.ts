// The order of effects in a graph, kept by control dependencies.

import type { Pointer } from '../native/capi.js';
import type { ResourceVariable } from '../native/variable.js';

/** Keeps accesses to variables, and other effects, in the order of the program. */
export class AccessOrder {
  readonly #accesses = new Map<ResourceVariable | null, { write: Pointer | null; reads: Pointer[] }>();
  readonly #effects: Pointer[] = [];

  /** Operations that must run even when no output needs them. */
  get effects(): readonly Pointer[] {
    return this.#effects;
  }

  /** Whether an access has to wait for others: those that it may not overtake. `null` stands for the world outside. */
  before(variable: ResourceVariable | null, isWrite: boolean): Pointer[] {
    const access = this.#accesses.get(variable);
    if (!access) return [];
    return [...(access.write ? [access.write] : []), ...(isWrite ? access.reads : [])];
  }

  /** Remembers what an operation did. */
  record(operation: Pointer, variables: readonly (ResourceVariable | null)[], isWrite: boolean): void {
    if (isWrite) this.#effects.push(operation);
    for (const variable of variables) {
      const access = this.#accesses.get(variable) ?? { write: null, reads: [] };
      if (isWrite) {
        access.write = operation;
        access.reads = [];
      } else access.reads.push(operation);
      this.#accesses.set(variable, access);
    }
  }
}
