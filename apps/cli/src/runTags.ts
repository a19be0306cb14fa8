// Tags of a run, added and taken away one by one: those of others stay.

import { GradstreamError, type Run, type RunsResource } from '@gradstream/sdk';

/** How often something else may change the run between a look and the write: training does, too. */
const MOST_TRIES = 20;

export interface TagChanges {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Changes tags, and returns the run with those it has now. Throws PRECONDITION_FAILED when the run never holds still. */
export async function changeTags(
  runs: Pick<RunsResource, 'getWithEtag' | 'update'>,
  id: string,
  { add, remove }: TagChanges,
): Promise<Run> {
  for (let tries = 1; ; tries++) {
    const { run, etag } = await runs.getWithEtag(id);
    const tags = [...new Set([...run.tags, ...add])].filter((tag) => !remove.includes(tag));
    if (tags.length === run.tags.length && tags.every((tag, at) => tag === run.tags[at])) return run;
    try {
      return await runs.update(id, { tags }, { ifMatch: etag });
    } catch (error) {
      const isOutdated = error instanceof GradstreamError && error.code === 'PRECONDITION_FAILED';
      if (!isOutdated || tries === MOST_TRIES) throw error;
    }
  }
}
