-- Up Migration

-- Not before this is a queued run taken on: its attempt has just failed in a way that may pass.
ALTER TABLE runs ADD COLUMN not_before timestamptz(3);

-- Down Migration

ALTER TABLE runs DROP COLUMN not_before;
