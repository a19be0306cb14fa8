// What one definition may hold. All of it is read within milliseconds.

export const limits = {
  /** Characters of one formula. */
  text: 4096,
  /** Characters of all formulas of one model: about a microsecond each. */
  allText: 65_536,
  /** Values that the checks of all backward formulas of one model compute, each of them 10⁶ at most. */
  allChecks: 2_500_000,
  /** Numbers, names, operators and calls of one formula. */
  nodes: 500,
  /** Brackets within brackets. */
  nesting: 32,
  inputs: 8,
  parameters: 16,
  config: 32,
  /** Named intermediate results in `let`. */
  definitions: 64,
  /** Operations, numbers and names of all formulas, equal ones counted once. */
  steps: 2000,
  /** Characters of a name. */
  name: 64,
  /** Axes of a tensor, the batch included. */
  rank: 6,
  /** Values of a tensor for one sample: lengths and indexes are 32-bit integers. */
  values: 2 ** 31 - 1,
} as const;
