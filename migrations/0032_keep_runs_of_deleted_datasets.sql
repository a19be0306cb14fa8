-- Up Migration

-- A dataset may be deleted by force. Runs that have ended stay, with their history and weights, and show when it went; their
-- spec names it still. They cannot start again: one that has not ended always has its dataset.
ALTER TABLE runs
  ALTER COLUMN dataset_id DROP NOT NULL,
  ADD COLUMN dataset_deleted_at timestamptz(3),
  ADD CONSTRAINT runs_dataset_check CHECK (
    (dataset_id IS NULL) = (dataset_deleted_at IS NOT NULL)
    AND (dataset_id IS NOT NULL OR state IN ('succeeded', 'failed', 'cancelled')));

-- Down Migration

-- The version before needs a dataset for each run: one without files takes the place of each that is gone.
INSERT INTO datasets (id, project_id, name, state, format, object_key, problems)
  SELECT DISTINCT spec ->> 'dataset', project_id, 'deleted', 'rejected', 'csv',
    'projects/' || project_id || '/datasets/' || (spec ->> 'dataset') || '/source',
    '[{"code": "deleted", "message": "the dataset was deleted", "hint": "Upload it again"}]'::jsonb
  FROM runs WHERE dataset_id IS NULL;
ALTER TABLE runs DROP CONSTRAINT runs_dataset_check;
UPDATE runs SET dataset_id = spec ->> 'dataset' WHERE dataset_id IS NULL;
ALTER TABLE runs DROP COLUMN dataset_deleted_at, ALTER COLUMN dataset_id SET NOT NULL;
