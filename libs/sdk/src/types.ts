/** Which page of a list. */
export interface PageOptions {
  /** The `nextCursor` of the page before. */
  readonly after?: string;
  /** 1 to 100. */
  readonly limit?: number;
}
