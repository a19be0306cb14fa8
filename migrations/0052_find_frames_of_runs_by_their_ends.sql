-- Up Migration

-- A run's frames are numbered from 1 on without a gap. Whether it has some is told by both ends: looking for any of them
-- visits every row that the same transaction has deleted, seconds for millions.
CREATE OR REPLACE FUNCTION refuse_run_with_frames() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM run_frames WHERE run_id = OLD.id AND seq IN (1, OLD.last_seq)) THEN
    RAISE foreign_key_violation USING MESSAGE = format('run %s still has frames', OLD.id);
  END IF;
  RETURN OLD;
END $$;

-- Down Migration

CREATE OR REPLACE FUNCTION refuse_run_with_frames() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM run_frames WHERE run_id = OLD.id) THEN
    RAISE foreign_key_violation USING MESSAGE = format('run %s still has frames', OLD.id);
  END IF;
  RETURN OLD;
END $$;
