import type { FixedValues } from '../readers/source.js';

/** An array or an image of one row as it is stored: numbers of a shape, the last axis fastest. */
export class StoredArray {
  constructor(
    readonly values: FixedValues,
    readonly shape: readonly number[],
  ) {}
}
