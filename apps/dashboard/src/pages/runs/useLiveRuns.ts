import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { messageOf } from '../../ui/messages.js';
import { sighted, type Sighting } from '../../live/pace.js';
import { unseen } from './runPages.js';
import { isActive, listRuns, queryOf, type RunRow } from './runsApi.js';
import type { RunsView } from './runsView.js';
import { sparklineKey } from './sparklines.js';
import type { RunList } from './useRunList.js';

const TICK_MS = 2000;
/** Where nothing goes on, only every so many ticks ask whether something was begun elsewhere. */
const IDLE_TICKS = 5;
/** Rows of the newest page that are compared with those shown. */
const NEWEST = 20;

export interface Live {
  /** When the rows were looked at last, in ms since 1970. */
  readonly now: number;
  readonly sightings: ReadonlyMap<string, readonly Sighting[]>;
  /** How many more runs match by now than the list knows of. */
  readonly news: number;
  /** Why the rows are no longer what they were; null while the server answers. */
  readonly lost: string | null;
}

/** Where each of the runs was seen lately. */
function withRows(
  before: ReadonlyMap<string, readonly Sighting[]>,
  rows: readonly RunRow[],
  at: number,
): ReadonlyMap<string, readonly Sighting[]> {
  const running = rows.filter(({ state }) => state === 'running');
  return new Map(running.map(({ id, step }) => [id, sighted(before.get(id) ?? [], { at, step })]));
}

/**
 * Keeps the rows that are seen as they are on the server, every 2 s while one of them may change. New runs appear by
 * themselves where the newest come first and the list stands at its top; elsewhere they are counted.
 */
export function useLiveRuns(
  view: RunsView,
  list: RunList,
  seen: () => { readonly rows: readonly RunRow[]; readonly isAtTop: boolean },
): Live {
  const client = useClient();
  const cache = useQueryClient();
  const [live, setLive] = useState<Live>(() => ({
    ...{ now: Date.now(), sightings: new Map(), news: 0, lost: null },
  }));
  const look = useEffectEvent(async (ticks: number) => {
    const { rows, isAtTop } = seen();
    const active = rows.filter(isActive).map(({ id }) => id);
    if (document.hidden || !list.fetched || list.isOld) return;
    if (active.length === 0 && ticks % IDLE_TICKS !== 0) return;
    const newest = await listRuns(client, queryOf(view), null, NEWEST);
    const fresh = await list.refresh(rows.map(({ id }) => id));
    void cache.invalidateQueries({
      predicate: ({ queryKey }) =>
        active.some((id) => sparklineKey(id).every((part, i) => part === queryKey[i])),
    });
    const added = unseen(list.fetched, newest);
    const isNewestFirst = view.sort === 'createdAt' && view.order === 'desc';
    const isShown = isNewestFirst && isAtTop && added.length < NEWEST;
    if (isShown && added.length > 0) list.prepend(added, newest.total);
    const news = isShown ? 0 : Math.max(0, newest.total - list.total);
    const now = Date.now();
    setLive(({ sightings }) => ({ now, news, lost: null, sightings: withRows(sightings, fresh, now) }));
  });
  const fail = useEffectEvent((thrown: unknown) =>
    setLive((before) => ({ ...before, lost: messageOf(thrown) })),
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const loop = async (ticks: number): Promise<void> => {
      await look(ticks).catch((thrown: unknown) => fail(thrown));
      if (!isOver) timer = setTimeout(() => void loop(ticks + 1), TICK_MS);
    };
    void loop(0);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  return live;
}
