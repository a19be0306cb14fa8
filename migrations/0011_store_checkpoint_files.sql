-- Up Migration

-- A checkpoint is several files: [{name, objectKey, bytes, sha256}].
ALTER TABLE checkpoints ADD COLUMN files jsonb;
UPDATE checkpoints SET files = jsonb_build_array(
  jsonb_build_object('name', 'model.safetensors', 'objectKey', object_key, 'bytes', bytes, 'sha256', sha256));
ALTER TABLE checkpoints ALTER COLUMN files SET NOT NULL,
  DROP COLUMN object_key, DROP COLUMN bytes, DROP COLUMN sha256;
-- Whether an attempt can go on from it: it holds all that training needs, not the weights alone.
ALTER TABLE checkpoints ADD COLUMN resumable boolean NOT NULL DEFAULT false;
-- Uploads are noted here before they begin; the transaction that commits the row takes the notes back.
GRANT UPDATE, DELETE ON deleted_objects TO gradstream_tenant;

-- Down Migration

REVOKE UPDATE, DELETE ON deleted_objects FROM gradstream_tenant;
ALTER TABLE checkpoints ADD COLUMN object_key text, ADD COLUMN bytes bigint, ADD COLUMN sha256 text;
UPDATE checkpoints SET object_key = file ->> 'objectKey', bytes = (file ->> 'bytes')::bigint, sha256 = file ->> 'sha256'
FROM (SELECT id, jsonb_path_query_first(files, '$[*] ? (@.name == "model.safetensors")') AS file FROM checkpoints) AS weights
WHERE weights.id = checkpoints.id;
ALTER TABLE checkpoints ALTER COLUMN object_key SET NOT NULL, ALTER COLUMN bytes SET NOT NULL,
  ALTER COLUMN sha256 SET NOT NULL;
ALTER TABLE checkpoints DROP COLUMN files, DROP COLUMN resumable;
