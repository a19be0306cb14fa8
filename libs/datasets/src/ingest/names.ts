import { isStorable } from '@gradstream/contracts';
import { quoted, unreadable } from '../readers/problems.js';
import type { SourceColumn } from '../readers/source.js';

const MAX_LENGTH = 200;

/** Throws DATASET_UNREADABLE for names that cannot be kept, or that two columns have. */
export function checkNames(columns: readonly SourceColumn[]): void {
  const seen = new Set<string>();
  columns.forEach(({ name }, index) => {
    const refuse = (why: string) =>
      unreadable({
        column: index + 1,
        code: 'badName',
        message: `the column name ${quoted(name)} ${why}`,
        hint: 'Name it otherwise',
      });
    if (name === '' || name.length > MAX_LENGTH) throw refuse(`has not 1 to ${MAX_LENGTH} characters`);
    if (!isStorable(name)) throw refuse('has U+0000, or half of a surrogate pair');
    if (seen.has(name)) throw refuse('is there twice');
    seen.add(name);
  });
}
