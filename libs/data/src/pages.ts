/** Which rows of a list: ids below `before`, newest first. */
export interface Keyset {
  readonly before: string | null;
  readonly limit: number;
}
