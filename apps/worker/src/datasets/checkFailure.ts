// What is said of a check that ended, time and again, for a reason that is not the file's.

import { asDiskFull, GradstreamError, type ProblemItem } from '@gradstream/contracts';
import { toGradstreamError } from '@gradstream/platform';

const AGAIN = 'then upload the file again';
const FREE_DISK = `Free space in the data folder of the worker (GRADSTREAM_DATA), ${AGAIN}`;

/** A download that had begun, or was to, from a storage that had just answered: the cause says how it ended. */
export class BrokenDownload extends Error {
  constructor(cause: unknown) {
    super('a download broke off', { cause });
  }
}

/** The problem that a dataset is rejected with after so many checks, the last of which threw this. */
export function problemOf(error: unknown, checks: number): ProblemItem {
  const tried = `the check was made ${checks} times and failed`;
  if (asDiskFull(error) !== null)
    return { code: 'storageFull', message: `${tried}: the disk of the worker is full`, hint: FREE_DISK };
  const { code, detail } = toGradstreamError(error);
  if (code === 'STORAGE_FULL' && error instanceof GradstreamError)
    return { code: 'storageFull', message: `${tried}. ${detail}`, hint: FREE_DISK };
  if (code === 'STORAGE_FULL')
    return {
      code: 'storageFull',
      message: `${tried}: the storage is full`,
      hint: `Free space in it, ${AGAIN}`,
    };
  const what = code === 'INTERNAL' && error instanceof Error ? `: ${error.message}` : `. ${detail}`;
  const hint = `The log of the worker tells more. Mend it, ${AGAIN}`;
  return { code: 'checkFailed', message: `${tried}${what}`, hint };
}
