// What the page of runs asks the server.

import type { Gradstream, RunTablePage, RunTableRow, Sparkline, CancelOutcome } from '@gradstream/sdk';
import type { Order, RunSort, RunsView } from './runsView.js';

export type RunRow = RunTableRow;
export type RunsPage = RunTablePage;
export type { CancelOutcome, Sparkline };

const PAGE_ROWS = 100;
const SPARKLINE_POINTS = 40;
/** The series that the sparklines draw. */
export const SPARKLINE_SERIES = 'loss';

/** Which runs, in which order: what of a view the server has to know. */
export interface RunsQuery {
  readonly search: string;
  readonly state: string;
  readonly tags: readonly string[];
  readonly sort: RunSort;
  readonly order: Order;
}

export const queryOf = ({ search, states, tags, sort, order }: RunsView): RunsQuery => ({
  ...{ search: search.trim(), state: states.join(','), tags, sort, order },
});

/** A page of the table; the first one without a cursor. */
export const listRuns = (
  client: Gradstream,
  { search, state, tags, sort, order }: RunsQuery,
  after: string | null = null,
  limit = PAGE_ROWS,
): Promise<RunsPage> =>
  client.runs.table({
    ...{ sort, order, limit },
    ...(search === '' ? {} : { search }),
    ...(state === '' ? {} : { state }),
    ...(tags.length === 0 ? {} : { tag: [...tags] }),
    ...(after === null ? {} : { after }),
  });

/** The runs of at most 100 ids as they are now; those that are gone are left out. */
export const runsOf = async (client: Gradstream, ids: readonly string[]): Promise<readonly RunRow[]> =>
  ids.length === 0 ? [] : (await client.runs.table({ ids: ids.join(','), limit: PAGE_ROWS })).data;

/** The losses of at most 100 runs in a few points each. */
export const sparklinesOf = (client: Gradstream, ids: readonly string[]): Promise<readonly Sparkline[]> =>
  client.runs.sparklines(ids, { series: SPARKLINE_SERIES, points: SPARKLINE_POINTS });

/** Asks at most 100 runs to stop; what came of it, for each. */
export const cancelRuns = (client: Gradstream, ids: readonly string[]): Promise<readonly CancelOutcome[]> =>
  client.runs.cancelAll(ids);

/** Whether a run may change by itself. */
export const isActive = ({ state }: RunRow): boolean =>
  state === 'queued' || state === 'preparing' || state === 'running';
