// What is said to people about failures.

import { GradstreamError } from '@gradstream/sdk';
import { z } from 'zod';

/** What is said of an answer that the SDK cannot read: its checks speak to programmers. */
const UNKNOWN_FORM =
  'The server answered in a form that this page does not know: the two are of different versions. ' +
  'Reload the page; if that does not help, whoever runs the server has to finish its update.';

/** A failure in the words of whoever found it; in ours, where those are of no use to people. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof z.ZodError) return UNKNOWN_FORM;
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What of a failure helps those who mend it alone; null where the message says it all. */
export const technicalOf = (thrown: unknown): string | null =>
  thrown instanceof z.ZodError ? z.prettifyError(thrown) : null;

export interface Problem {
  readonly pointer: string | null;
  readonly message: string;
  readonly hint: string | null;
  /** What kind of mistake, in a word for programs. */
  readonly code?: string;
}

/** A problem as the server tells it. */
interface Told {
  readonly pointer?: string | undefined;
  readonly message: string;
  readonly hint?: string | null | undefined;
  readonly code?: string;
}

/** What the server found, as it is listed. */
export const toProblems = (found: readonly Told[]): readonly Problem[] =>
  found.map(({ pointer, message, hint, code }) => ({
    ...{ pointer: pointer ?? null, message, hint: hint ?? null },
    ...(code === undefined ? {} : { code }),
  }));

/** The places at fault, where the server named some. */
export const problemsOf = (thrown: unknown): readonly Problem[] =>
  thrown instanceof GradstreamError ? toProblems(thrown.errors) : [];
