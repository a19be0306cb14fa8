// What pictures are drawn on, and with.

const BAR_WIDTH = 24;

/** What is written to: standard output or error, or what a test puts in their place. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Takes everything, and shows nothing. */
export const nowhere: Terminal = { write: () => true };

/** A bar that is full at a share of 1. */
export function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
}

/** As many parts as a line has room for: a longer one would wrap, and could not be rewritten. */
export function fitted(parts: readonly string[], columns = 0): string {
  const room = columns > 0 ? columns : Infinity; // Some terminals do not say theirs.
  const [first = '', ...rest] = parts;
  let line = first.slice(0, room - 1);
  for (const part of rest) {
    const longer = `${line}  ${part}`;
    if (longer.length >= room) return line;
    line = longer;
  }
  return line;
}
