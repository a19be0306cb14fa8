-- Up Migration

-- Rows from before may hold answers as plain text, secrets included.
DELETE FROM idempotency_keys;
-- Who answers: a random id of one request. Only it may store the answer, or give the key back.
ALTER TABLE idempotency_keys ADD COLUMN owner text NOT NULL;
-- The body alone tells whether there is an answer: null while it is being made, sealed with the caller's API key then.
ALTER TABLE idempotency_keys DROP COLUMN status, DROP COLUMN headers;

-- Down Migration

DELETE FROM idempotency_keys;
ALTER TABLE idempotency_keys ADD COLUMN status int, ADD COLUMN headers jsonb, DROP COLUMN owner;
