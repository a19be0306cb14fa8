// The API, listening in the test's own process, on the services of the environment.

import { afterAll, beforeAll } from '@jest/globals';
import { ApiKeys, FirstKey, type Principal } from '@gradstream/domain';
import { loadConfig } from '@gradstream/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApp } from '../../apps/api/src/app.js';

export interface TestApi {
  readonly app: NestFastifyApplication;
  readonly url: string;
  /** The secret of a key with the scope admin. */
  readonly apiKey: string;
  readonly principal: Principal;
  /** Sends JSON; answers with status and parsed body. */
  call(
    method: string,
    path: string,
    options?: CallOptions,
  ): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }>;
  stop(): Promise<void>;
}

interface CallOptions {
  readonly body?: unknown;
  /** A body that is sent as it is. */
  readonly raw?: string;
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
}

/** The admin key of the installation; made by the first test that asks. */
async function findKey(app: NestFastifyApplication, folder: string): Promise<string> {
  const made = await app.get(FirstKey).ensure(folder, 'http://127.0.0.1');
  if (made) return made.secret;
  return (JSON.parse(await readFile(path.join(folder, 'key.json'), 'utf8')) as { apiKey: string }).apiKey;
}

/** Starts the API on a free port. */
export async function startApi(env: NodeJS.ProcessEnv = {}): Promise<TestApi> {
  const config = loadConfig({ ...process.env, PORT: '0', LOG_LEVEL: 'silent', ...env });
  const app = await createApp(config);
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace(/\/$/, '');
  const { GRADSTREAM_DATA } = process.env;
  const apiKey = await findKey(
    app,
    GRADSTREAM_DATA ?? (await mkdtemp(path.join(tmpdir(), 'gradstream-key-'))),
  );
  return {
    app,
    url,
    apiKey,
    principal: await app.get(ApiKeys).authenticate(apiKey),
    call: async (method, at, { body, raw, key = apiKey, headers = {} } = {}) => {
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await fetch(`${url}${at}`, {
        method,
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(sent === undefined ? {} : { body: sent }),
      });
      const text = await response.text();
      const json = /\bjson\b/.test(response.headers.get('content-type') ?? ''); // Not of ndjson.
      return {
        status: response.status,
        headers: response.headers,
        body: json ? (JSON.parse(text) as Record<string, unknown>) : { text },
      };
    },
    stop: () => app.close(),
  };
}

/** For the start of an API on a machine that is busy. */
const START_MS = 60_000;

/**
 * The API for all tests of a file, started before the first and stopped after the last one; before the first test it is
 * not there. `prepare` makes what the tests need besides.
 */
export function useApi(prepare?: (api: TestApi) => Promise<void>): TestApi {
  let started: TestApi | undefined;
  beforeAll(async () => {
    started = await startApi();
    await prepare?.(started);
  }, START_MS);
  afterAll(async () => {
    await started?.stop();
  });
  const get = (): TestApi => {
    if (!started) throw new Error('the API starts before the first test');
    return started;
  };
  return {
    get app() {
      return get().app;
    },
    get url() {
      return get().url;
    },
    get apiKey() {
      return get().apiKey;
    },
    get principal() {
      return get().principal;
    },
    call: (...given) => get().call(...given),
    stop: () => get().stop(),
  };
}
