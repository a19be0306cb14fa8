// A run's tags, as they are being written.

/** The tags with one more; the same ones where it is empty, or there already. */
export function withTag(tags: readonly string[], text: string): readonly string[] {
  const tag = text.trim();
  return tag === '' || tags.includes(tag) ? tags : [...tags, tag];
}
