// Zod's issues in the form of the catalogue's problem items, with JSON pointers.

import { z } from 'zod';
import { GradstreamError } from './error.js';
import type { ProblemItem } from './problem.js';
import { nearKey, noteKnownKeys, otherKind, unknownName, unknownValue, type Wording } from './wording.js';

/** A JSON pointer (RFC 6901) of a path. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export interface ProblemWords {
  /** What a key that is not known is not known for, and what to do about it. */
  readonly unknownKey: { readonly where: string; readonly hint: string };
  /** What to do about a value that is not what it should be; nothing when the message says it. */
  readonly badValueHint?: string;
  /** Whether values that are missing or of another kind are said in our words, and not in zod's. */
  readonly ownWords: boolean;
  /** Whether a union that has a message of its own keeps it, instead of the problems of its nearest branch. */
  readonly unionsSpeak: boolean;
}

const REQUEST_WORDS: ProblemWords = {
  unknownKey: { where: 'here', hint: 'Check the spelling, or leave it out' },
  ownWords: true,
  unionsSpeak: false,
};

/** Code and hint of a refusal by a rule of our own, which it gives as the issue's `params`. */
const givenWords = z.object({ code: z.string(), hint: z.string() }).partial();

/** Whether a value as a whole is of another type. */
function isOtherType(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.every((branch) => branch.some(isOtherType));
  return issue.code === 'invalid_type';
}

/** A place in what was posted, and what is there. */
interface Place {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
}

/** What was parsed, where it is to be looked at for what is said of it. */
export interface Posted {
  readonly input: unknown;
}

/** What is at a path; a name in place of an object with that name stands for it. */
function lookAt(input: unknown, path: readonly PropertyKey[]): Place {
  let value = input;
  for (const [index, key] of path.entries()) {
    if (typeof value === 'string' && index === path.length - 1) return { path: path.slice(0, index), value };
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (Reflect.get(value, key) as unknown)
        : undefined;
  }
  return { path, value };
}

/** What we say of an issue; null where zod says it well, or its schema. */
function wordingOf(issue: z.core.$ZodIssue, { path, value }: Place, words: ProblemWords): Wording | null {
  // Zod's types do not know of these options yet.
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options))
    return unknownName(path, value, issue.options.map(String));
  if (!words.ownWords) return null;
  if (issue.code === 'invalid_value' && ZOD.test(issue.message)) return unknownValue(value, issue.values);
  if (issue.code === 'invalid_type' && ZOD.test(issue.message)) return otherKind(value, issue.expected);
  return null;
}

/** More help nobody, and telling each takes time. */
const MOST_PROBLEMS = 100;

/** How zod's own messages of these begin. */
const ZOD = /^Invalid (input|option): /;

/**
 * Issues as problem items under a path; unknown keys one by one; of a union, the branch with the fewest
 * problems, among those of the value's own type; at most 100. Of what was `posted` at that path, wrong names are told, with those
 * that may have been meant.
 */
export function toProblemItems(
  issues: readonly z.core.$ZodIssue[],
  base: readonly PropertyKey[] = [],
  words: ProblemWords = REQUEST_WORDS,
  posted?: Posted,
): ProblemItem[] {
  const items: ProblemItem[] = [];
  for (const issue of issues) {
    if (items.length >= MOST_PROBLEMS) break;
    items.push(...itemsOf(issue, base, words, posted));
  }
  return items.slice(0, MOST_PROBLEMS);
}

/** The problems that one issue tells of. */
function itemsOf(
  issue: z.core.$ZodIssue,
  base: readonly PropertyKey[],
  words: ProblemWords,
  posted: Posted | undefined,
): ProblemItem[] {
  const path = [...base, ...issue.path];
  const at = posted ? lookAt(posted.input, issue.path) : { path: issue.path, value: undefined };
  if (issue.code === 'unrecognized_keys') {
    const { where, hint } = words.unknownKey;
    return issue.keys.slice(0, MOST_PROBLEMS).map((key) => ({
      pointer: toPointer([...path, key]),
      code: 'unknownKey',
      message: `"${key}" is not known ${where}`,
      hint: nearKey(key, issue.keys) ?? hint,
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && !words.unionsSpeak) {
    const ofType = issue.errors.filter((branch) => !branch.some(isOtherType));
    const nearest = ofType.length > 0 ? ofType : issue.errors;
    const branches = nearest.map((branch) =>
      toProblemItems(branch, path, words, posted && { input: at.value }),
    );
    return branches.reduce((best, branch) => (branch.length < best.length ? branch : best));
  }
  const own = issue.code === 'custom' ? givenWords.safeParse(issue.params).data : undefined;
  const wording = posted ? wordingOf(issue, { ...at, path }, words) : null;
  const hint = own?.hint ?? wording?.hint ?? words.badValueHint;
  return [
    {
      pointer: toPointer([...base, ...at.path]),
      code: own?.code ?? wording?.code ?? issue.code,
      message: wording?.message ?? issue.message,
      ...(hint === undefined ? {} : { hint }),
    },
  ];
}

/**
 * What a client sent, parsed. Throws VALIDATION_FAILED with a pointer to each mistake. For input alone: a stored row
 * that does not parse is our fault, and its ZodError says so.
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value, { error: noteKnownKeys });
  if (parsed.success) return parsed.data;
  throw new GradstreamError('VALIDATION_FAILED', 'Correct the fields that are named, and send it again.', {
    errors: toProblemItems(parsed.error.issues, [], REQUEST_WORDS, { input: value }),
    cause: parsed.error,
  });
}
