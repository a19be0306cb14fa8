-- Up Migration

-- The next attempt begins where the run began, not at its last checkpoint.
ALTER TABLE runs ADD COLUMN from_start boolean NOT NULL DEFAULT false;
-- Attempts up to this number count no more: the run was retried after them.
ALTER TABLE runs ADD COLUMN retried_after int NOT NULL DEFAULT 0;
-- Where a fork began; the checkpoint stays as long as the fork does.
ALTER TABLE runs ADD COLUMN origin_checkpoint_id text REFERENCES checkpoints (id);
CREATE INDEX runs_by_origin ON runs (origin_checkpoint_id) WHERE origin_checkpoint_id IS NOT NULL;

-- Down Migration

DROP INDEX runs_by_origin;
ALTER TABLE runs DROP COLUMN from_start, DROP COLUMN retried_after, DROP COLUMN origin_checkpoint_id;
