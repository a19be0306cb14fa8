-- Up Migration

-- They were looked up for each frame, which took nine tenths of an insert. Frames are inserted by a statement that reads the
-- run's row, under its lock, and a run is deleted under it too; this refuses to delete one that has frames.
ALTER TABLE run_frames
  DROP CONSTRAINT run_frames_run_id_fkey,
  DROP CONSTRAINT run_frames_project_id_fkey;

CREATE FUNCTION refuse_run_with_frames() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM run_frames WHERE run_id = OLD.id) THEN
    RAISE foreign_key_violation USING MESSAGE = format('run %s still has frames', OLD.id);
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER keep_run_of_frames BEFORE DELETE ON runs FOR EACH ROW EXECUTE FUNCTION refuse_run_with_frames();

-- Down Migration

DROP TRIGGER keep_run_of_frames ON runs;
DROP FUNCTION refuse_run_with_frames;
ALTER TABLE run_frames
  ADD CONSTRAINT run_frames_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs (id),
  ADD CONSTRAINT run_frames_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects (id);
