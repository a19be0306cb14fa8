-- Up Migration

-- Lowest, highest and last value of each series of a run's metrics, for tables of runs: without what later attempts took
-- back. Kept by whoever appends frames. NaN and the infinities are strings, as JSON has no numbers for them.
ALTER TABLE runs ADD COLUMN summary jsonb NOT NULL DEFAULT '{}';

WITH points AS (
  SELECT run_id, seq, step, name, value
  FROM run_frames frame, unnest(series, "values") AS point (name, value)
  WHERE kind = 'metrics' AND NOT EXISTS (
    SELECT FROM run_attempts later
    WHERE later.run_id = frame.run_id AND later.number > frame.attempt AND later.start_step < frame.step)
), sums AS (
  SELECT run_id, name, min(ARRAY[value, step]) FILTER (WHERE value <> 'NaN') AS low,
    max(ARRAY[value, -step]) FILTER (WHERE value <> 'NaN') AS high, max(ARRAY[seq, value]) AS last
  FROM points GROUP BY run_id, name
), summaries AS (
  SELECT run_id, jsonb_object_agg(name, jsonb_build_object('min', low[1], 'minStep', low[2]::bigint,
    'max', high[1], 'maxStep', (-high[2])::bigint, 'last', last[2])) AS summary
  FROM sums GROUP BY run_id
)
UPDATE runs SET summary = summaries.summary FROM summaries WHERE summaries.run_id = runs.id;

-- Down Migration

ALTER TABLE runs DROP COLUMN summary;
