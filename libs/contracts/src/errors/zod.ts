// Zod's issues in the form of the catalogue's problem items, with JSON pointers.

import { z } from 'zod';
import { GradstreamError } from './error.js';
import type { ProblemItem } from './problem.js';

/** A JSON pointer (RFC 6901) of a path. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export interface ProblemWords {
  /** What a key that is not known is not known for, and what to do about it. */
  readonly unknownKey: { readonly where: string; readonly hint: string };
  /** What to do about a value that is not what it should be; nothing when the message says it. */
  readonly badValueHint?: string;
  /** Whether a union that has a message of its own keeps it, instead of the problems of its nearest branch. */
  readonly unionsSpeak: boolean;
}

const REQUEST_WORDS: ProblemWords = {
  unknownKey: { where: 'here', hint: 'Check the spelling, or leave it out' },
  unionsSpeak: false,
};

/** Code and hint of a refusal by a rule of our own, which it gives as the issue's `params`. */
const ownWords = z.object({ code: z.string(), hint: z.string() }).partial();

/** Whether a value as a whole is of another type. */
function isOtherType(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.every((branch) => branch.some(isOtherType));
  return issue.code === 'invalid_type';
}

/**
 * Issues as problem items under a path; unknown keys one by one; of a union, the branch with the fewest
 * problems, among those of the value's own type.
 */
export function toProblemItems(
  issues: readonly z.core.$ZodIssue[],
  base: readonly PropertyKey[] = [],
  words: ProblemWords = REQUEST_WORDS,
): ProblemItem[] {
  return issues.flatMap((issue): ProblemItem[] => {
    const path = [...base, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      const { where, hint } = words.unknownKey;
      return issue.keys.map((key) => ({
        pointer: toPointer([...path, key]),
        code: 'unknownKey',
        message: `"${key}" is not known ${where}`,
        hint,
      }));
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0 && !words.unionsSpeak) {
      const ofType = issue.errors.filter((branch) => !branch.some(isOtherType));
      const nearest = ofType.length > 0 ? ofType : issue.errors;
      const branches = nearest.map((branch) => toProblemItems(branch, path, words));
      return branches.reduce((best, branch) => (branch.length < best.length ? branch : best));
    }
    const own = issue.code === 'custom' ? ownWords.safeParse(issue.params).data : undefined;
    const hint = own?.hint ?? words.badValueHint;
    return [
      {
        pointer: toPointer(path),
        code: own?.code ?? issue.code,
        message: issue.message,
        ...(hint === undefined ? {} : { hint }),
      },
    ];
  });
}

/**
 * What a client sent, parsed. Throws VALIDATION_FAILED with a pointer to each mistake. For input alone: a stored row
 * that does not parse is our fault, and its ZodError says so.
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GradstreamError('VALIDATION_FAILED', 'Correct the fields that are named, and send it again.', {
    errors: toProblemItems(parsed.error.issues),
    cause: parsed.error,
  });
}
