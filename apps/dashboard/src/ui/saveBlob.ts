import { GradstreamError } from '@gradstream/sdk';

/** Has the browser save bytes under a name. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/**
 * Has the browser save what a URL of the storage answers with: as an attachment, so that the page stays. Rejects where the
 * storage does not answer, for then the page would not.
 */
export async function saveFrom(url: string): Promise<void> {
  const asked = new AbortController();
  let answer: Response;
  try {
    answer = await fetch(url, { signal: asked.signal });
  } catch (cause) {
    const away = `The storage at ${new URL(url).origin} does not answer this browser: it must be reachable from here.`;
    throw new GradstreamError('SERVICE_UNAVAILABLE', away, { cause });
  }
  asked.abort(); // That it answers is all that this is about.
  if (!answer.ok)
    throw new GradstreamError(
      'NOT_FOUND',
      `The storage answered ${answer.status}: reload the page, and try again.`,
    );
  const link = document.createElement('a');
  link.href = url;
  link.click();
}
