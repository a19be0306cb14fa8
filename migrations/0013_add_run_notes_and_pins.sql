-- Up Migration

ALTER TABLE runs ADD COLUMN notes text NOT NULL DEFAULT '', ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
CREATE INDEX runs_by_tag ON runs USING gin (tags);
CREATE INDEX runs_by_state ON runs (project_id, state, id);
-- A pinned checkpoint is deleted by nobody until it is unpinned, but with its run.
ALTER TABLE checkpoints ADD COLUMN pinned boolean NOT NULL DEFAULT false;

-- Down Migration

ALTER TABLE checkpoints DROP COLUMN pinned;
DROP INDEX runs_by_state;
ALTER TABLE runs DROP COLUMN notes, DROP COLUMN tags;
