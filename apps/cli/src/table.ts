// Tables of text: columns aligned, and cut to the width of the terminal.

import stringWidth from 'string-width';

/** A column that gives way is not made narrower than this. */
const NARROWEST = 8;

export interface TableOptions {
  /** Most characters of a line; 0: as many as it takes. */
  readonly columns?: number;
  /** Titles of the columns that give way, the widest first, before lines are cut at their end. */
  readonly flexible?: readonly string[];
}

/** Control characters would move the cursor, or worse. */
const plain = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

/** A text that takes at most so many columns of a terminal; what is left out shows as an ellipsis. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) >= columns) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Widths of columns that fit, as far as those that may give way allow. */
function fit(widths: readonly number[], isFlexible: readonly boolean[], columns: number): number[] {
  const fitted = [...widths];
  let excess = fitted.reduce((sum, width) => sum + width, 2 * (fitted.length - 1)) - columns;
  for (; excess > 0; excess--) {
    const widest = Math.max(...fitted.filter((_, i) => isFlexible[i]));
    if (widest <= NARROWEST) break;
    fitted[fitted.findIndex((width, i) => isFlexible[i] && width === widest)] = widest - 1;
  }
  return fitted;
}

/** The lines of rows under a header; without one where it is empty. */
export function tableLines(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { columns = 0, flexible = [] }: TableOptions = {},
): string[] {
  const all = [...(header.length > 0 ? [header] : []), ...rows].map((row) => row.map(plain));
  const count = Math.max(0, ...all.map((row) => row.length));
  const natural = Array.from({ length: count }, (_, i) =>
    Math.max(...all.map((row) => stringWidth(row[i] ?? ''))),
  );
  const isFlexible = natural.map((_, i) => flexible.includes(header[i] ?? ''));
  const widths = columns > 0 ? fit(natural, isFlexible, columns) : natural;
  return all.map((row) => {
    const cells = widths.map((width, i) => {
      const cell = cut(row[i] ?? '', width);
      return cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
    });
    const line = cells.join('  ').trimEnd();
    return columns > 0 ? cut(line, columns) : line;
  });
}
