-- Up Migration

-- Datasets are stored as shards and their index. `files` lists them: name, key, bytes and SHA-256 of each.
ALTER TABLE datasets
  ADD COLUMN files jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN statistics jsonb,
  ADD COLUMN preview jsonb,
  -- Of the content, whatever file it came from: the hash of the index.
  ADD COLUMN content_sha256 text,
  -- How the file is read: the size of images.
  ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
  -- Of an upload in parts: S3's id of it, and the bytes of a part.
  ADD COLUMN upload_id text,
  ADD COLUMN part_bytes bigint;
-- Those that are stored as a CSV are checked again, which makes their shards.
UPDATE datasets SET state = 'checking' WHERE state = 'ready';

-- Down Migration

-- Their files are gone or of no use to the version before: they are to be uploaded again.
UPDATE datasets SET state = 'rejected', columns = NULL,
  problems = '[{"code": "downgraded", "message": "the dataset is stored in a newer form", "hint": "Upload it again"}]'
  WHERE state = 'ready';
ALTER TABLE datasets
  DROP COLUMN files,
  DROP COLUMN statistics,
  DROP COLUMN preview,
  DROP COLUMN content_sha256,
  DROP COLUMN options,
  DROP COLUMN upload_id,
  DROP COLUMN part_bytes;
