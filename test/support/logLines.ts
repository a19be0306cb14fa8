// Lines in the log of a run that no trainer has, written into the store: more than a trainer may write.

import pg from 'pg';

const INSERT = `
  WITH old AS (SELECT id, project_id, attempt, step, epoch, last_seq FROM runs WHERE id = $1 FOR UPDATE),
  moved AS (UPDATE runs SET last_seq = runs.last_seq + $2 FROM old WHERE runs.id = old.id)
  INSERT INTO run_frames (run_id, seq, project_id, attempt, kind, step, epoch, time, series, "values", event)
  SELECT id, last_seq + n, project_id, attempt, 'event', step, epoch, now(), '{}', '{}',
    jsonb_build_object('type', 'log', 'message', $3 || ' ' || n,
      'level', CASE WHEN n % 100 = 0 THEN 'error' WHEN n % 10 = 0 THEN 'warn' ELSE 'info' END)
  FROM old, generate_series(1, $2::int) n`;

/** Appends so many lines, "text 1", "text 2" …: each tenth is a warning, each hundredth an error. */
export async function appendLogLines(runId: string, count: number, text: string): Promise<void> {
  const database = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  await database.connect();
  try {
    await database.query(INSERT, [runId, count, text]);
  } finally {
    await database.end();
  }
}
