-- Up Migration

-- The role that every request works as: row-level security binds it to one project.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gradstream_tenant') THEN
    CREATE ROLE gradstream_tenant NOLOGIN;
  END IF;
END $$;
GRANT gradstream_tenant TO CURRENT_USER;

CREATE TABLE projects (
  id text PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES projects (id),
  name text NOT NULL,
  prefix text NOT NULL,
  secret_sha256 bytea NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  revoked_at timestamptz(3)
);
CREATE INDEX api_keys_by_project ON api_keys (project_id, id);

-- The first answer to each POST that carried an Idempotency-Key; status is null while it is being made.
CREATE TABLE idempotency_keys (
  project_id text NOT NULL REFERENCES projects (id),
  key text NOT NULL,
  request_sha256 bytea NOT NULL,
  status int,
  headers jsonb,
  body text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

CREATE TABLE datasets (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES projects (id),
  name text NOT NULL,
  state text NOT NULL CHECK (state IN ('uploading', 'checking', 'ready', 'rejected')),
  format text NOT NULL,
  object_key text NOT NULL,
  column_types jsonb NOT NULL DEFAULT '{}',
  expected_bytes bigint,
  expected_sha256 text,
  bytes bigint,
  sha256 text,
  row_count bigint,
  columns jsonb,
  problems jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX datasets_by_project ON datasets (project_id, id);
CREATE INDEX datasets_checking ON datasets (id) WHERE state = 'checking';

CREATE TABLE models (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES projects (id),
  name text NOT NULL,
  definition jsonb NOT NULL,
  summary jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX models_by_project ON models (project_id, id);

CREATE TABLE runs (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES projects (id),
  name text NOT NULL,
  dataset_id text NOT NULL REFERENCES datasets (id),
  model_id text REFERENCES models (id),
  spec jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'preparing', 'running', 'succeeded', 'failed', 'cancelled')),
  cancel_requested boolean NOT NULL DEFAULT false,
  attempt int NOT NULL DEFAULT 0,
  last_seq bigint NOT NULL DEFAULT 0,
  step bigint NOT NULL DEFAULT 0,
  epoch int NOT NULL DEFAULT 0,
  total_steps bigint,
  metric_names text[] NOT NULL DEFAULT '{}',
  metric_values float8[] NOT NULL DEFAULT '{}',
  failure jsonb,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  started_at timestamptz(3),
  finished_at timestamptz(3)
);
CREATE INDEX runs_by_project ON runs (project_id, id);
CREATE INDEX runs_open ON runs (id) WHERE state IN ('queued', 'preparing', 'running');

-- One start of a run by one worker. A worker whose number is not runs.attempt has been replaced.
CREATE TABLE run_attempts (
  run_id text NOT NULL REFERENCES runs (id),
  number int NOT NULL,
  project_id text NOT NULL REFERENCES projects (id),
  worker_id text NOT NULL,
  start_step bigint NOT NULL,
  started_at timestamptz(3) NOT NULL DEFAULT now(),
  heartbeat_at timestamptz(3) NOT NULL DEFAULT now(),
  ended_at timestamptz(3),
  outcome text,
  PRIMARY KEY (run_id, number)
);

-- Append-only. seq is given out under the row lock of the run, so a reader that saw n saw all before n.
CREATE TABLE run_frames (
  run_id text NOT NULL REFERENCES runs (id),
  seq bigint NOT NULL,
  project_id text NOT NULL REFERENCES projects (id),
  attempt int NOT NULL,
  kind text NOT NULL CHECK (kind IN ('metrics', 'gradients', 'event')),
  step bigint NOT NULL,
  epoch int NOT NULL,
  time timestamptz(3) NOT NULL,
  series text[] NOT NULL,
  "values" float8[] NOT NULL,
  event jsonb,
  PRIMARY KEY (run_id, seq)
);

CREATE TABLE checkpoints (
  id text PRIMARY KEY,
  project_id text NOT NULL REFERENCES projects (id),
  run_id text NOT NULL REFERENCES runs (id),
  attempt int NOT NULL,
  step bigint NOT NULL,
  epoch int NOT NULL,
  object_key text NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  metric_names text[] NOT NULL,
  metric_values float8[] NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  UNIQUE (run_id, attempt, step)
);
CREATE INDEX checkpoints_by_run ON checkpoints (run_id, step);

DO $$
DECLARE owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['api_keys', 'idempotency_keys', 'datasets', 'models', 'runs',
                               'run_attempts', 'run_frames', 'checkpoints'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format(
      'CREATE POLICY one_project ON %I TO gradstream_tenant
         USING (project_id = current_setting(''gradstream.project_id''))
         WITH CHECK (project_id = current_setting(''gradstream.project_id''))', owned);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO gradstream_tenant', owned);
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA public TO gradstream_tenant;

-- Down Migration

DROP TABLE checkpoints, run_frames, run_attempts, runs, models, datasets, idempotency_keys, api_keys, projects;
REVOKE USAGE ON SCHEMA public FROM gradstream_tenant;
