/**
 * The columns that an expression names: a name, or a range such as `p0…p63` or `p0..p63`, which is every known
 * column from the first to the last in the order of the file. Null when one of them is not known.
 */
export function columnRange(expression: string, known: readonly string[]): string[] | null {
  if (known.includes(expression)) return [expression];
  const [first, last, ...more] = expression.split(/…|\.\.\.?/);
  if (first === undefined || last === undefined || more.length > 0) return null;
  const [from, to] = [known.indexOf(first.trim()), known.indexOf(last.trim())];
  return from === -1 || to < from ? null : known.slice(from, to + 1);
}
