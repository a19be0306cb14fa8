import type { Problem } from '../../ui/messages.js';

interface Told {
  readonly pointer?: string | undefined;
  readonly message: string;
  readonly hint?: string | null | undefined;
}

/** What the server found, as it is listed. */
export const placesOf = (found: readonly Told[]): Problem[] =>
  found.map(({ pointer, message, hint }) => ({ pointer: pointer ?? null, message, hint: hint ?? null }));
