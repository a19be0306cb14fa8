// What is said to people about failures.

import { GradstreamError } from '@gradstream/sdk';

/** A failure in the words of whoever found it. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

export interface Problem {
  readonly pointer: string | null;
  readonly message: string;
  readonly hint: string | null;
}

/** A problem as the server tells it. */
interface Told {
  readonly pointer?: string | undefined;
  readonly message: string;
  readonly hint?: string | null | undefined;
}

/** What the server found, as it is listed. */
export const toProblems = (found: readonly Told[]): readonly Problem[] =>
  found.map(({ pointer, message, hint }) => ({ pointer: pointer ?? null, message, hint: hint ?? null }));

/** The places at fault, where the server named some. */
export const problemsOf = (thrown: unknown): readonly Problem[] =>
  thrown instanceof GradstreamError ? toProblems(thrown.errors) : [];
