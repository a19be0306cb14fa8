import { GradstreamError } from '@gradstream/contracts';

/** What to do about a checkpoint that was damaged. */
const HINT = 'Use another checkpoint, or fetch this one again.';

/** CHECKPOINT_INVALID: which file, what is wrong with it, what to do. `what` goes on from "it ". */
export function invalidCheckpoint(file: string, what: string, hint = HINT, cause?: unknown): GradstreamError {
  return new GradstreamError('CHECKPOINT_INVALID', `${file} is not valid: it ${what}. ${hint}`, { cause });
}

/** A piece of a hostile file in a message: quoted, escaped, cut. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
