// Writes notes and tags under the ETag of what their writer saw. Training changes the ETag, too: that is no conflict.

import { GradstreamError, type Run, type RunsResource, type TaggedRun } from '@gradstream/sdk';

export interface Notes {
  readonly notes: string;
  readonly tags: readonly string[];
}

export type SaveOutcome =
  | { readonly kind: 'saved'; readonly run: Run }
  /** Somebody else has written; `now` is what they wrote. */
  | { readonly kind: 'conflict'; readonly now: TaggedRun };

/** How often training may come between a look and the write. */
const MOST_TRIES = 20;

const isSame = (a: Notes, b: Notes): boolean =>
  a.notes === b.notes && a.tags.length === b.tags.length && a.tags.every((tag, at) => tag === b.tags[at]);

const isOutdated = (error: unknown): boolean =>
  error instanceof GradstreamError && error.code === 'PRECONDITION_FAILED';

/** Replaces what stands in `seen` with what is written, unless others have changed it since. */
export async function saveNotes(
  runs: Pick<RunsResource, 'getWithEtag' | 'update'>,
  seen: TaggedRun,
  written: Notes,
): Promise<SaveOutcome> {
  const { id } = seen.run;
  const changes = { notes: written.notes, tags: [...written.tags] };
  let { etag } = seen;
  for (let tries = 1; ; tries++) {
    try {
      return { kind: 'saved', run: await runs.update(id, changes, { ifMatch: etag }) };
    } catch (error) {
      if (!isOutdated(error) || tries === MOST_TRIES) throw error;
      const now = await runs.getWithEtag(id);
      if (isSame(now.run, written)) return { kind: 'saved', run: now.run };
      if (!isSame(now.run, seen.run)) return { kind: 'conflict', now };
      ({ etag } = now);
    }
  }
}
