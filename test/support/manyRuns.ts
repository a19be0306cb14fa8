// As many runs as a table must stay fast with, written into the database.

import pg from 'pg';

export const MANY = 10_000;

/** The lowest loss of the run of a number; null for those that have measured nothing. */
export const lossOf = (i: number): number | null => (i % 10 === 9 ? null : ((i * 7919) % 10_007) / 10_007);

/** Runs of which frames are stored, for their sparklines. */
const DRAWN = 200;
const DRAWN_FRAMES = 60;

/** Writes runs `many 1`, the newest, to `many 10000`, older than the one whose project, data and spec they share. */
export async function fillRuns(like: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  await client.connect();
  try {
    const losses = Array.from({ length: MANY }, (_, index) => lossOf(index + 1));
    await client.query(
      `INSERT INTO runs (id, project_id, name, dataset_id, model_id, spec, state, attempt, step, total_steps, epoch, tags,
         last_seq, summary, created_at, started_at, finished_at)
       SELECT 'run_' || lpad(to_hex($2::int - i), 32, '0'), project_id, 'many ' || i, dataset_id, model_id, spec,
         (ARRAY['failed', 'succeeded', 'cancelled', 'succeeded'])[1 + i % 4], 1, 500 + i % 500, 1000, 5,
         CASE WHEN i % 3 = 0 THEN ARRAY['sweep', 'adam'] ELSE '{}' END, CASE WHEN i <= $3 THEN $4::int ELSE 0 END,
         CASE WHEN loss IS NULL THEN '{}' ELSE jsonb_build_object(
           'loss', jsonb_build_object('min', loss, 'minStep', 60, 'max', 2.3, 'maxStep', 1, 'last', loss),
           'valAccuracy', jsonb_build_object('min', 0.1, 'minStep', 45, 'max', 1 - loss / 2, 'maxStep', 500, 'last', 1 - loss / 2))
         END, now() - i * interval '7 minutes', now() - i * interval '7 minutes',
         now() - i * interval '7 minutes' + i % 100 * interval '11 seconds'
       FROM runs, unnest($5::float8[]) WITH ORDINALITY AS many (loss, i) WHERE id = $1`,
      [like, MANY + 1, DRAWN, DRAWN_FRAMES, losses],
    );
    await client.query(
      `INSERT INTO run_frames (run_id, seq, project_id, attempt, kind, step, epoch, time, series, "values")
       SELECT runs.id, seq, project_id, 1, 'metrics', seq, 1, now(), '{loss}',
         ARRAY[loss + (2.3 - loss) * exp((1 - seq) / (4.0 + right(name, 1)::int)) + 0.04 * abs(sin(seq))]
       FROM runs, generate_series(1, $1::int) AS seq, LATERAL (SELECT (summary #>> '{loss,min}')::float8 AS loss) AS least
       WHERE name LIKE 'many %' AND loss IS NOT NULL AND split_part(name, ' ', 2)::int <= $2`,
      [DRAWN_FRAMES, DRAWN],
    );
    await client.query('ANALYZE runs');
  } finally {
    await client.end();
  }
}
