// The servers' only reader of the environment; the CLI reads its own. Parsed once, typed; every bad value is listed, not only the first.

import { hostname } from 'node:os';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const count = (initial: number) => z.coerce.number().int().min(1).max(256).default(initial);

const environmentSchema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(3000),
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a URL such as postgres://user:password@host:5432/database',
  }),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a URL such as redis://:password@host:6379/0' }),
  S3_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be a URL such as http://127.0.0.1:9000' }),
  S3_ACCESS_KEY: z.string().min(1),
  S3_SECRET_KEY: z.string().min(1),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a valid bucket name')
    .default('gradstream'),
  S3_REGION: z.string().min(1).default('us-east-1'),
  GRADSTREAM_DATA: z.string().min(1),
  FIRST_KEY_OUTPUT: z.enum(['stdout', 'file']).default('stdout'),
  TENSORFLOW_DIR: z.string().min(1),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  ALLOWED_ORIGINS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    )
    .pipe(z.array(z.url({ protocol: /^https?$/, error: 'must be a comma-separated list of origins' }))),
  WORKER_CONCURRENCY: count(1),
  TRAINER_THREADS: count(2),
  WARM_TRAINERS: z.coerce.number().int().min(0).max(256).default(1),
  WARM_PREDICTORS: z.coerce.number().int().min(0).max(256).default(2),
  PREDICTOR_MEMORY_MB: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 30)
    .default(4096),
  TRAINING_MEMORY_MB: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 30)
    .optional(),
  UPLOAD_DAYS: z.coerce.number().int().min(1).max(365).default(7),
  WORKER_CACHE_MB: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 30)
    .default(10_240),
});

/** Settings of a process, complete and checked. */
export interface ConfigValues {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly s3: S3Config;
  /** Where this installation keeps its files; the first key lies there. */
  readonly dataFolder: string;
  /** Whether the first key is shown on stdout as well: not where stdout is a log. */
  readonly showFirstKey: boolean;
  /** Folder of TensorFlow's libraries. */
  readonly tensorflowDir: string;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Origins of other sites that may open WebSockets. */
  readonly allowedOrigins: readonly string[];
  /** What the estimate of a run's memory may come to, in bytes; null: anything. */
  readonly trainingMemory: number | null;
  /** How long an upload may take from its planning to its completion, in days. */
  readonly uploadDays: number;
  readonly worker: WorkerConfig;
}

interface WorkerConfig {
  readonly id: string;
  /** Runs at a time. */
  readonly concurrency: number;
  /** Threads of each trainer. */
  readonly threads: number;
  /** Limit of the local copies of datasets. */
  readonly cacheBytes: number;
  /** Trainers that have loaded TensorFlow and wait for a run. */
  readonly warmTrainers: number;
  /** Trainers that stay loaded for predictions when they have answered. */
  readonly warmPredictors: number;
  /** What these may use together, in bytes. */
  readonly predictorMemory: number;
}

export interface S3Config {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
  readonly region: string;
}

/** Bad settings; the message is a table of all of them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The token that settings are injected by. */
export abstract class Config implements ConfigValues {
  abstract readonly host: string;
  abstract readonly port: number;
  abstract readonly databaseUrl: string;
  abstract readonly redisUrl: string;
  abstract readonly s3: S3Config;
  abstract readonly dataFolder: string;
  abstract readonly showFirstKey: boolean;
  abstract readonly tensorflowDir: string;
  abstract readonly logLevel: ConfigValues['logLevel'];
  abstract readonly allowedOrigins: readonly string[];
  abstract readonly trainingMemory: number | null;
  abstract readonly uploadDays: number;
  abstract readonly worker: ConfigValues['worker'];
}

/** The table of bad values: variable, what it is, what is wrong. Secrets are not shown. */
function tableOf(issues: readonly z.core.$ZodIssue[], env: NodeJS.ProcessEnv): string {
  const rows = issues.map((issue) => {
    const name = String(issue.path[0]);
    const value = env[name];
    const shown =
      value === undefined ? '(not set)' : /KEY|SECRET|URL/.test(name) ? '(hidden)' : JSON.stringify(value);
    return [name, shown, value === undefined ? 'is required' : issue.message] as const;
  });
  const widths = [0, 1].map((i) => Math.max(...rows.map((row) => row[i === 0 ? 0 : 1].length)));
  const lines = rows.map(
    ([name, value, reason]) => `  ${name.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${reason}`,
  );
  return ['These settings are missing or wrong:', ...lines].join('\n');
}

/** Parses the environment. Throws ConfigError with a table of everything that is wrong. */
export function loadConfig(env: NodeJS.ProcessEnv): ConfigValues {
  const { success, data, error } = environmentSchema.safeParse(env);
  if (!success) throw new ConfigError(tableOf(error.issues, env));
  return {
    host: data.HOST,
    port: data.PORT,
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL,
    s3: {
      endpoint: data.S3_ENDPOINT,
      accessKey: data.S3_ACCESS_KEY,
      secretKey: data.S3_SECRET_KEY,
      bucket: data.S3_BUCKET,
      region: data.S3_REGION,
    },
    dataFolder: data.GRADSTREAM_DATA,
    showFirstKey: data.FIRST_KEY_OUTPUT === 'stdout',
    tensorflowDir: data.TENSORFLOW_DIR,
    logLevel: data.LOG_LEVEL,
    allowedOrigins: data.ALLOWED_ORIGINS,
    trainingMemory: data.TRAINING_MEMORY_MB === undefined ? null : data.TRAINING_MEMORY_MB * 2 ** 20,
    uploadDays: data.UPLOAD_DAYS,
    worker: {
      id: `${hostname()}-${process.pid}`,
      concurrency: data.WORKER_CONCURRENCY,
      threads: data.TRAINER_THREADS,
      cacheBytes: data.WORKER_CACHE_MB * 2 ** 20,
      warmTrainers: data.WARM_TRAINERS,
      warmPredictors: data.WARM_PREDICTORS,
      predictorMemory: data.PREDICTOR_MEMORY_MB * 2 ** 20,
    },
  };
}
