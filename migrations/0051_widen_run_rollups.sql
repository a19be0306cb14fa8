-- Up Migration

-- Of each block also the step of the first NaN, and sum and count of what a mean is made of: values below 1e290, so that no
-- sum overflows, which Postgres takes for an error. What there was is summed up anew, blocks around old rewinds too.
ALTER TABLE run_rollups
  ADD COLUMN nan_step bigint,
  ADD COLUMN value_sum float8,
  ADD COLUMN value_count int;
DELETE FROM run_rollups;

WITH frames AS MATERIALIZED (
  SELECT frame.run_id, (frame.seq - 1) / 512 AS block, frame.seq, frame.step, frame.series, frame."values"
  FROM run_frames frame JOIN runs ON runs.id = frame.run_id
  WHERE kind = 'metrics' AND seq <= last_seq / 512 * 512 AND NOT EXISTS (
    SELECT FROM run_attempts later
    WHERE later.run_id = frame.run_id AND later.number > frame.attempt AND later.start_step < frame.step)
), sums AS (
  SELECT run_id, name, block, min(ARRAY[value, step]) FILTER (WHERE value <> 'NaN') AS low,
    max(ARRAY[value, -step]) FILTER (WHERE value <> 'NaN') AS high,
    min(ARRAY[seq, value, step]) AS first, max(ARRAY[seq, value, step]) AS last,
    min(step) FILTER (WHERE value = 'NaN') AS nan_step,
    sum(value) FILTER (WHERE abs(value) < 1e290) AS value_sum, count(*) FILTER (WHERE abs(value) < 1e290) AS value_count
  FROM frames, unnest(series, "values") AS point (name, value) GROUP BY run_id, name, block
), blocks AS (
  SELECT run_id, block, min(step) AS min_step, max(step) AS max_step FROM frames GROUP BY run_id, block
)
INSERT INTO run_rollups (run_id, series, block, project_id, min_value, min_step, max_value, max_step,
  first_value, first_step, last_value, last_step, nan_step, value_sum, value_count)
SELECT run_id, sums.name, block, project_id, low[1], low[2]::bigint, high[1], (-high[2])::bigint,
  first[2], first[3]::bigint, last[2], last[3]::bigint, nan_step, value_sum, value_count
FROM sums JOIN runs ON runs.id = run_id
UNION ALL
SELECT runs.id, '', whole, project_id, NULL, min_step, NULL, max_step, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM runs CROSS JOIN generate_series(0, last_seq / 512 - 1) AS whole
  LEFT JOIN blocks ON blocks.run_id = runs.id AND block = whole;

-- Down Migration

ALTER TABLE run_rollups DROP COLUMN nan_step, DROP COLUMN value_sum, DROP COLUMN value_count;
