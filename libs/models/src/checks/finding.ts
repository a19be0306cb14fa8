import type { ProblemItem } from '@gradstream/contracts';

/** Something about a model, or a model with its loss, that a person should know before training. */
export interface Finding {
  /** An error cannot train, or cannot train what was asked for; a warning can, mostly badly. */
  readonly severity: 'error' | 'warning';
  /** JSON pointer (RFC 6901): into the definition for checks of a model, into the run's spec for checks of its loss. */
  readonly pointer: string;
  /** What kind of finding, in a word for programs. */
  readonly code: string;
  /** What is so. */
  readonly message: string;
  /** What follows from it. */
  readonly why: string;
  /** What to do. */
  readonly hint: string;
}

const itemsOf = (findings: readonly Finding[], wanted: Finding['severity']): ProblemItem[] =>
  findings
    .filter(({ severity }) => severity === wanted)
    .map(({ pointer, code, message, why, hint }) => ({ pointer, code, message: `${message}: ${why}`, hint }));

/** The errors among findings, as the problems that a request is refused with. */
export const toProblems = (findings: readonly Finding[]): ProblemItem[] => itemsOf(findings, 'error');

/** The warnings among findings, in the form of problems. */
export const toWarnings = (findings: readonly Finding[]): ProblemItem[] => itemsOf(findings, 'warning');
