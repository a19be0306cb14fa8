-- Up Migration

-- Cleaning up asks for uploads that began long ago every few seconds.
CREATE INDEX datasets_uploading ON datasets (created_at) WHERE state = 'uploading';

-- Down Migration

DROP INDEX datasets_uploading;
