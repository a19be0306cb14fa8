// Which look each compared run has: it keeps it while it is compared, whoever comes and goes beside it.

/** The looks of some runs, counted from 0; the same map when nothing has changed. Those that are new take the first free ones. */
export function withLooks(
  before: ReadonlyMap<string, number>,
  ids: readonly string[],
): ReadonlyMap<string, number> {
  if (ids.length === before.size && ids.every((id) => before.has(id))) return before;
  const taken = new Set(ids.flatMap((id) => before.get(id) ?? []));
  let free = 0;
  const take = (): number => {
    while (taken.has(free)) free++;
    return free++;
  };
  return new Map(ids.map((id) => [id, before.get(id) ?? take()]));
}
