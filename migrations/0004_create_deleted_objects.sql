-- Up Migration

-- Stored files whose rows are gone: noted in the transaction that deletes the row, removed by the reconciler.
CREATE TABLE deleted_objects (
  object_key text PRIMARY KEY,
  project_id text NOT NULL REFERENCES projects (id),
  -- Not before this: an upload that was planned may still come.
  remove_after timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX deleted_objects_by_time ON deleted_objects (remove_after);
ALTER TABLE deleted_objects ENABLE ROW LEVEL SECURITY;
CREATE POLICY one_project ON deleted_objects TO gradstream_tenant
  USING (project_id = current_setting('gradstream.project_id'))
  WITH CHECK (project_id = current_setting('gradstream.project_id'));
GRANT SELECT, INSERT ON deleted_objects TO gradstream_tenant;

-- What deletions ask: does a run need this?
CREATE INDEX runs_by_dataset ON runs (dataset_id);
CREATE INDEX runs_by_model ON runs (model_id);

-- Down Migration

DROP INDEX runs_by_dataset, runs_by_model;
DROP TABLE deleted_objects;
