// A run that is longer than any that a test trains, written into the database.

import pg from 'pg';

/** The loss at the step `at`. */
const LOSS = `2 * exp(-at / 8000.0) + 0.1 * abs(sin(at)) + 0.05`;

/** Writes a run that has ended after so many steps, with the project, data and spec of another one; returns its id. */
export async function writeLongRun(like: string, steps: number): Promise<string> {
  const id = `run_${'5'.repeat(32)}`;
  const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO runs (id, project_id, name, dataset_id, model_id, spec, state, attempt, step, total_steps, epoch, last_seq,
         created_at, started_at, finished_at)
       SELECT $2, project_id, 'long', dataset_id, model_id, spec, 'succeeded', 1, $3::int, $3::int, 1, $3::int, now(), now(), now()
       FROM runs WHERE id = $1`,
      [like, id, steps],
    );
    await client.query(
      `INSERT INTO run_frames (run_id, seq, project_id, attempt, kind, step, epoch, time, series, "values")
       SELECT id, at, project_id, 1, 'metrics', at, 1, now() + at * interval '10 ms', '{loss,learningRate}',
         ARRAY[${LOSS}, 0.01]
       FROM runs, generate_series(1, $2::int) AS at WHERE id = $1`,
      [id, steps],
    );
    return id;
  } finally {
    await client.end();
  }
}
