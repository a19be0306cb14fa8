/**
 * Does the work for each item, so many at a time. After a failure nothing more is begun; what runs is told to stop and waited
 * for, then that failure is thrown. Throws the signal's reason when that aborts before all is done.
 */
export async function atATime<T>(
  most: number,
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const left = items.values(); // Of all lanes: each takes the next one.
  const lane = async (): Promise<void> => {
    for (const item of left) {
      stop.throwIfAborted();
      await work(item, stop);
    }
  };
  const guarded = async (): Promise<void> => {
    try {
      await lane();
    } catch (error) {
      if (failed.signal.aborted) return; // Told to stop.
      failed.abort();
      throw error;
    }
  };
  const lanes = Array.from({ length: Math.min(most, items.length) }, guarded);
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
}
