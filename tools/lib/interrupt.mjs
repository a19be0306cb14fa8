// Ctrl-C and its relatives: the work under way is told, and cleans up after itself.

const controller = new AbortController();

/** Aborted once this process was told to end. */
export const interruption = controller.signal;

/** The work was given up because this process was told to end: no failure, nothing to mend. */
export class Interrupted extends Error {}

/**
 * From now on a signal ends nothing by itself: it aborts `interruption`. So does the end of the process that started us
 * under a newer Node (see setup/index.mjs), and that of the terminal, to which nothing can be written then.
 */
export function catchInterrupts() {
  const abort = () => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, abort);
  if (process.channel) {
    process.once('disconnect', abort);
    process.channel.unref();
  }
  for (const stream of [process.stdout, process.stderr]) stream.on('error', abort);
}

/**
 * Resolves like `work`, or fails with `Interrupted` when this process was told to end meanwhile.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
export async function unlessInterrupted(work) {
  try {
    const result = await work;
    if (!interruption.aborted) return result;
  } catch (error) {
    if (!interruption.aborted) throw error;
  }
  throw new Interrupted();
}
