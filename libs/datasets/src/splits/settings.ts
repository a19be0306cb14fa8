import { rowSplitSchema, type RowSplit, type SplitSettings } from '@gradstream/contracts';

/** What a run says of its split, as the split of rows; a stratified one is by the target unless it names a column. */
export function rowSplitOf(
  { by, train, validation, column, seed }: SplitSettings,
  target: string | undefined,
): RowSplit {
  const settings = { by, train, validation };
  if (by === 'random') return rowSplitSchema.parse({ ...settings, seed });
  if (by === 'sequential') return rowSplitSchema.parse(settings);
  if (by === 'stratified') return rowSplitSchema.parse({ ...settings, seed, column: column ?? target });
  return rowSplitSchema.parse({ ...settings, column });
}
