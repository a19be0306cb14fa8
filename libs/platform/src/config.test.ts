import { describe, expect, test } from '@jest/globals';
import { GradstreamError, parseInput } from '@gradstream/contracts';
import { z } from 'zod';
import { ConfigError, loadConfig } from './config.js';
import { isServiceAway, toGradstreamError } from './errors.js';

const good = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/d',
  REDIS_URL: 'redis://:p@127.0.0.1:6379/0',
  S3_ENDPOINT: 'http://127.0.0.1:9000',
  S3_ACCESS_KEY: 'a',
  S3_SECRET_KEY: 'b',
  GRADSTREAM_DATA: '/data',
  TENSORFLOW_DIR: '/tensorflow',
};

describe('loadConfig', () => {
  test('fills in what has a default', () => {
    expect(loadConfig(good)).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      logLevel: 'info',
      showFirstKey: true,
      allowedOrigins: [],
      trainingMemory: null,
      uploadDays: 7,
      s3: { bucket: 'gradstream' },
      worker: { concurrency: 1, threads: 2, cacheBytes: 10 * 1024 ** 3 },
    });
    expect(
      loadConfig({ ...good, ALLOWED_ORIGINS: 'https://a.example, https://b.example' }).allowedOrigins,
    ).toEqual(['https://a.example', 'https://b.example']);
    expect(loadConfig({ ...good, TRAINING_MEMORY_MB: '512' }).trainingMemory).toBe(512 * 1024 ** 2);
  });

  test('lists every bad value at once, and shows no secret', () => {
    const bad = {
      ...good,
      PORT: '99999',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      S3_SECRET_KEY: undefined,
    };
    const message = (() => {
      try {
        loadConfig(bad);
      } catch (error) {
        if (error instanceof ConfigError) return error.message;
      }
      return '';
    })();
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'S3_SECRET_KEY'])
      expect(message).toContain(name);
    expect(message).toContain('"loud"');
    expect(message).not.toContain('hunter2');
  });
});

describe('toGradstreamError', () => {
  const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

  test('a service that is away is one, however it is said', () => {
    const away = [
      coded('ECONNREFUSED'),
      coded('57P01'),
      coded('08006'),
      new Error('Connection terminated unexpectedly'),
      new AggregateError([coded('ECONNREFUSED')]),
      new Error('wrapped', { cause: coded('ECONNRESET') }),
    ];
    for (const error of away)
      expect(toGradstreamError(error)).toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        status: 503,
        retryAfterSeconds: 1,
      });
    expect(isServiceAway(coded('23505'))).toBe(false);
  });

  test('what a schema refuses is the fault of the client as input alone, with pointers', () => {
    const schema = z.strictObject({ 'a/b': z.array(z.int()), c: z.string() });
    const value = { 'a/b': [1, 'x'], c: 'ok', d: 1, e: 2 };
    // RFC 6901 writes / as ~1; unknown keys have one pointer each.
    expect(() => parseInput(schema, value)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        errors: ['/a~1b/1', '/d', '/e'].map((pointer) => expect.objectContaining({ pointer })),
      }),
    );
    expect(toGradstreamError(schema.safeParse(value).error)).toMatchObject({ code: 'INTERNAL', errors: [] });
  });

  test('a full disk, a known error and an unknown one', () => {
    expect(toGradstreamError(coded('ENOSPC')).code).toBe('STORAGE_FULL');
    const known = new GradstreamError('CONFLICT', 'so');
    expect(toGradstreamError(known)).toBe(known);
    expect(toGradstreamError(new TypeError('oops'))).toMatchObject({
      code: 'INTERNAL',
      detail: expect.not.stringContaining('oops'),
    });
  });
});
