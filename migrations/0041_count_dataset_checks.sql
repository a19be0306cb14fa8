-- Up Migration

ALTER TABLE datasets
  -- Checks that ended for a reason that was not the file's.
  ADD COLUMN failed_checks integer NOT NULL DEFAULT 0,
  -- Not before this is it checked again.
  ADD COLUMN check_not_before timestamptz(3);

-- Down Migration

ALTER TABLE datasets
  DROP COLUMN failed_checks,
  DROP COLUMN check_not_before;
