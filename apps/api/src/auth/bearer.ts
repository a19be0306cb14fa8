/** The secret of an `Authorization: Bearer …` value; null when it is absent or of another kind. */
export function bearerOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  return /^Bearer +(\S+)$/i.exec(value)?.[1] ?? null;
}
