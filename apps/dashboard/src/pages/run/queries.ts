// What the parts of a run's page ask the server for, under one name each in the cache.

/** The run itself, a `Run`. */
export const runKey = (id: string): readonly string[] => ['run', id];

/** Its checkpoints, page by page. */
export const checkpointsKey = (id: string): readonly string[] => ['run', id, 'checkpoints'];

/** How often a page looks again while a run has not ended, in ms. */
export const CHECKPOINTS_MS = 3000;
