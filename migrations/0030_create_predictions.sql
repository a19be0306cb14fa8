-- Up Migration

-- Predictions that somebody waits for: the request, then the answer of the worker that took its job. A row lives no longer
-- than a minute.
CREATE TABLE predictions (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES projects (id),
  checkpoint_id text NOT NULL REFERENCES checkpoints (id) ON DELETE CASCADE,
  -- Where the rows are that the request does not hold.
  dataset_id text REFERENCES datasets (id) ON DELETE CASCADE,
  request jsonb NOT NULL,
  answer jsonb,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX predictions_by_project ON predictions (project_id);
CREATE INDEX predictions_by_checkpoint ON predictions (checkpoint_id);
CREATE INDEX predictions_by_age ON predictions (created_at);
ALTER TABLE predictions ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_project ON predictions TO gradstream_tenant
  USING (project_id = current_setting('gradstream.project_id'))
  WITH CHECK (project_id = current_setting('gradstream.project_id'));
GRANT SELECT, INSERT, DELETE ON predictions TO gradstream_tenant;

-- Down Migration

DROP TABLE predictions;
