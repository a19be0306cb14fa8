-- Up Migration

-- Metrics of each 512 frames of a run, a row a series: what a picture of a long run is drawn from. The row of the series
-- '' says that the block is summed up, and between which steps. A block without one is read frame by frame.
CREATE TABLE run_rollups (
  run_id text NOT NULL REFERENCES runs (id),
  series text NOT NULL,
  -- Frames with block × 512 < seq ≤ (block + 1) × 512.
  block int NOT NULL,
  project_id text NOT NULL REFERENCES projects (id),
  -- Of what are numbers; all null when none is.
  min_value float8,
  min_step bigint,
  max_value float8,
  max_step bigint,
  first_value float8,
  first_step bigint,
  last_value float8,
  last_step bigint,
  PRIMARY KEY (run_id, series, block)
);
ALTER TABLE run_rollups ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_project ON run_rollups TO gradstream_tenant
  USING (project_id = current_setting('gradstream.project_id'))
  WITH CHECK (project_id = current_setting('gradstream.project_id'));
GRANT SELECT, INSERT, DELETE ON run_rollups TO gradstream_tenant;

-- Down Migration

DROP TABLE run_rollups;
