// How a page stands to several streams, as one status.

import type { FeedStatus } from '../../live/Feed.js';

/** What one should know first comes first. */
const ORDER = ['failed', 'reconnecting', 'loading', 'live', 'ended'] as const;

/** The gravest of some statuses; of lost connections the one that is furthest behind. Without any: ended. */
export function summedStatus(all: readonly FeedStatus[]): FeedStatus {
  const behind = all.flatMap((status) => (status.kind === 'reconnecting' ? [status.lastStep] : []));
  const gravest = ORDER.map((kind) => all.find((status) => status.kind === kind)).find(Boolean);
  if (gravest?.kind === 'reconnecting') return { kind: 'reconnecting', lastStep: Math.min(...behind) };
  return gravest ?? { kind: 'ended' };
}
