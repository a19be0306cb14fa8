// Which tensors travel together: many small messages cost more than one large one.

/** A tensor, as far as its bucket is concerned. */
interface Sized {
  readonly dtype: string;
  readonly size: number;
}

/**
 * Groups tensors by type into buckets of at most `limit` elements, in order; one that is larger has its own. Returns
 * indexes. The same tensors make the same buckets in every process.
 */
export function bucketsOf(tensors: readonly Sized[], limit: number): number[][] {
  const buckets: number[][] = [];
  const open = new Map<string, { indexes: number[]; size: number }>();
  tensors.forEach(({ dtype, size }, index) => {
    const last = open.get(dtype);
    if (last && last.size + size <= limit) {
      last.indexes.push(index);
      last.size += size;
      return;
    }
    const indexes = [index];
    buckets.push(indexes);
    open.set(dtype, { indexes, size });
  });
  return buckets;
}
