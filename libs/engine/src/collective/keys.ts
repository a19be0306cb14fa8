// Names for collective operations. TensorFlow pairs what the workers do by a number, the instance key: the same
// operation must have the same key in every process, and two operations that can be under way at once must not.

/** What two workers must agree on before they exchange anything. */
export interface Operation {
  readonly kind: 'sum' | 'mean' | 'broadcast';
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Who sends, for a broadcast. */
  readonly root: number;
}

/**
 * Gives keys. An operation is known by its place in the captured step and by what it does, so a step that is traced
 * again, for a batch of another size for example, gets the keys that it had: workers may retrace at different times.
 * New operations are numbered in the order of their first use, which is the order of the program and the same in all
 * processes; where it is not, TensorFlow finds two shapes or types under one key, and says so.
 */
export class InstanceKeys {
  readonly #known = new Map<string, number>();
  readonly #places = new WeakMap<object, number>();

  /** The key of an operation in a capture, or, with null, of one that runs at once. */
  next(capture: object | null, { kind, dtype, shape, root }: Operation): number {
    const place = capture ? (this.#places.get(capture) ?? 0) : -1;
    if (capture) this.#places.set(capture, place + 1);
    const name = [place, kind, dtype, shape.join('x'), root].join('|');
    const key = this.#known.get(name) ?? this.#known.size + 1;
    this.#known.set(name, key);
    return key;
  }
}
