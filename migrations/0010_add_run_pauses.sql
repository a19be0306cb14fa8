-- Up Migration

ALTER TABLE runs DROP CONSTRAINT runs_state_check;
ALTER TABLE runs ADD CONSTRAINT runs_state_check
  CHECK (state IN ('queued', 'preparing', 'running', 'paused', 'succeeded', 'failed', 'cancelled'));
-- Asked for while a worker has the run, which stops at its next step. A cancel that is asked for as well wins.
ALTER TABLE runs ADD COLUMN pause_requested boolean NOT NULL DEFAULT false;

-- Down Migration

UPDATE runs SET state = 'cancelled', finished_at = now() WHERE state = 'paused';
ALTER TABLE runs DROP COLUMN pause_requested;
ALTER TABLE runs DROP CONSTRAINT runs_state_check;
ALTER TABLE runs ADD CONSTRAINT runs_state_check
  CHECK (state IN ('queued', 'preparing', 'running', 'succeeded', 'failed', 'cancelled'));
