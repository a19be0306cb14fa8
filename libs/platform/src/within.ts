// Time limits of what is asked of S3.

import { GradstreamError } from '@gradstream/contracts';

/** What is thrown when S3 takes too long. */
export function late(what: string): GradstreamError {
  const detail = `The storage did not answer in time (${what}).`;
  return new GradstreamError('SERVICE_UNAVAILABLE', detail, { retryAfterSeconds: 1 });
}

/** The promise, or SERVICE_UNAVAILABLE when it takes too long, or the signal's reason when that aborts first. */
export async function within<T>(
  ms: number,
  what: string,
  promise: Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let abort = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    abort = () => {
      reject(signal?.reason as Error);
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    timer = setTimeout(() => {
      reject(late(what));
    }, ms);
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
