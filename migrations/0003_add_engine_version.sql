-- Up Migration

-- The TensorFlow that the newest attempt trains with, by its own word.
ALTER TABLE runs ADD COLUMN engine_version text;

-- Down Migration

ALTER TABLE runs DROP COLUMN engine_version;
