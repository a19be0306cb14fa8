/** A field without the blanks around it is a number in decimal or scientific notation. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The number that a field holds; null when it holds none, or one beyond the range of float32. */
export function parseNumber(field: string): number | null {
  const text = field.trim();
  if (!NUMBER.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(Math.fround(value)) ? value : null;
}
