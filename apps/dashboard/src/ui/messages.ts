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
  /** Of a file, which line and which field of it, in words. */
  readonly place?: string;
  readonly message: string;
  readonly hint: string | null;
  /** What kind of mistake, in a word for programs. */
  readonly code?: string;
}

/** A problem as the server tells it. */
interface Told {
  readonly pointer?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly message: string;
  readonly hint?: string | null | undefined;
  readonly code?: string;
}

/** A place in a file, in words; the header is line 1. */
const placeOf = ({ line, column }: Told): { readonly place?: string } =>
  line === undefined ? {} : { place: `Line ${line}${column === undefined ? '' : `, field ${column}`}` };

/** What the server found, as it is listed. */
export const toProblems = (found: readonly Told[]): readonly Problem[] =>
  found.map((told) => ({
    ...{ pointer: told.pointer ?? null, message: told.message, hint: told.hint ?? null },
    ...placeOf(told),
    ...(told.code === undefined ? {} : { code: told.code }),
  }));

/** The places at fault, where the server named some. */
export const problemsOf = (thrown: unknown): readonly Problem[] =>
  thrown instanceof GradstreamError ? toProblems(thrown.errors) : [];
