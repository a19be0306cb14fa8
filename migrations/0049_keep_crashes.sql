-- Up Migration

-- Why the trainer of an attempt died that another attempt followed: a run that is given up fails with it.
ALTER TABLE run_attempts ADD COLUMN failure jsonb;

-- Down Migration

ALTER TABLE run_attempts DROP COLUMN failure;
