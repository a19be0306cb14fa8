// The table of runs with 10,000 of them: pages of it over HTTP.

import pg from 'pg';
import { quantile } from '../../../tools/lib/quantile.mjs';

/** @typedef {import('../service/system.mjs').System} System */

const RUNS = 10_000;
const PAGE = 100;

/** Writes runs that have ended, each with a loss of its own, like one that is there. */
async function fill(/** @type {string} */ databaseUrl, /** @type {string} */ like) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO runs (id, project_id, name, dataset_id, model_id, spec, state, attempt, step, total_steps, epoch, tags,
         last_seq, summary, created_at, started_at, finished_at)
       SELECT 'run_' || lpad(to_hex(i), 32, '0'), project_id, 'run ' || i, dataset_id, model_id, spec, 'succeeded', 1, 1000,
         1000, 5, CASE WHEN i % 3 = 0 THEN ARRAY['sweep'] ELSE '{}' END, 0,
         jsonb_build_object('loss', jsonb_build_object('min', sin(i), 'minStep', 60, 'max', 2.3, 'maxStep', 1, 'last', sin(i))),
         now() - i * interval '7 minutes', now() - i * interval '7 minutes', now() - i * interval '6 minutes'
       FROM runs, generate_series(1, $2::int) AS i WHERE id = $1`,
      [like, RUNS],
    );
    await client.query('ANALYZE runs');
  } finally {
    await client.end();
  }
}

/** Rows of the table. No worker may run. @returns {Promise<[string, string][]>} */
export async function measureTable(
  /** @type {System} */ { client, config },
  /** @type {import('@gradstream/sdk').NewRun} */ spec,
  /** @type {number} */ requests,
) {
  const { id } = await client.runs.create(spec);
  await fill(config.databaseUrl, id);
  /** @type {[string, Parameters<typeof client.runs.table>[0]][]} */
  const ways = [
    ['newest first', {}],
    ['by the lowest loss', { sort: 'loss.min', order: 'asc' }],
    ['with a text and a tag', { search: 'run 77', tag: 'sweep' }],
  ];
  /** @type {[string, string][]} */
  const rows = [];
  for (const [what, query] of ways) {
    const times = [];
    for (let i = 0; i < requests; i++) {
      const began = performance.now();
      await client.runs.table({ ...query, limit: PAGE });
      times.push(performance.now() - began);
    }
    const [median, worst] = [0.5, 1].map((share) => quantile(times, share).toFixed(0));
    rows.push([
      `${PAGE} of ${RUNS} runs, ${what}, n = ${requests}`,
      `median ${median} ms, worst ${worst} ms`,
    ]);
  }
  return rows;
}
