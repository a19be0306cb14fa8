// Starts the real API and worker, as `npm start` does, against the services in the environment.

import { afterAll, beforeAll } from '@jest/globals';
import { Gradstream } from '@gradstream/sdk';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const root = path.resolve(import.meta.dirname, '../..');
const READY_MS = 60_000;
/** What a process may take to stop; a worker gives its runs back within it. */
const STOP_MS = 20_000;
/** Characters of a process's output that are kept. */
const OUTPUT_KEPT = 2_000_000;

/** A port of 127.0.0.1 that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** One of our processes, with what it wrote. */
export class Program {
  readonly child: ChildProcess;
  output = '';

  constructor(name: string, env: NodeJS.ProcessEnv) {
    this.child = spawn(process.execPath, [path.join(root, 'apps', name, 'dist', 'main.js')], {
      env,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-OUTPUT_KEPT);
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    if (!this.running) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** The processes that it has started. */
  async children(): Promise<number[]> {
    const pid = String(this.child.pid);
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.trim().split(' ').filter(Boolean).map(Number);
  }

  /** SIGTERM; throws when the process does not end in time. */
  async stop(): Promise<void> {
    if (!this.running) return;
    const ended = once(this.child, 'exit').then(() => true);
    this.child.kill('SIGTERM');
    if (!(await Promise.race([ended, delay(STOP_MS, false, { ref: false })]))) {
      this.child.kill('SIGKILL');
      throw new Error(`the process did not stop within ${STOP_MS} ms:\n${this.output}`);
    }
  }
}

export interface System {
  readonly url: string;
  readonly apiKey: string;
  readonly api: Program;
  /** Starts the API again, at the same address; the one before has ended. */
  restartApi(): Promise<Program>;
  readonly worker: Program;
  /** One more worker; stopped with the others. */
  addWorker(changes?: NodeJS.ProcessEnv): Program;
  stop(): Promise<void>;
}

/** Waits until the API says that it is ready. */
async function untilReady(url: string, api: Program): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (!api.running) throw new Error(`the API ended:\n${api.output}`);
    const ok = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    await delay(100);
  }
  throw new Error(`the API was not ready within ${READY_MS} ms:\n${api.output}`);
}

/**
 * The key of an installation, once it is valid: the API listens first, then writes the file, then commits the key, so
 * that a key never exists that nobody knows.
 */
async function readKey(folder: string, url: string, api: Program): Promise<string> {
  const file = path.join(folder, 'key.json');
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && api.running) {
    if (existsSync(file)) {
      const { apiKey } = JSON.parse(await readFile(file, 'utf8')) as { apiKey: string };
      const { status } = await fetch(`${url}/v1/runs`, { headers: { authorization: `Bearer ${apiKey}` } });
      if (status === 200) return apiKey;
    }
    await delay(50);
  }
  throw new Error(`the API made no key that it accepts:\n${api.output}`);
}

export interface ApiProcess {
  readonly url: string;
  readonly api: Program;
  stop(): Promise<void>;
}

/** An API on a free port, ready to answer. */
export async function startApiProcess(changes: NodeJS.ProcessEnv = {}, given?: number): Promise<ApiProcess> {
  const port = given ?? (await freePort());
  const env = { ...process.env, PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'info', ...changes };
  const url = `http://127.0.0.1:${port}`;
  const api = new Program('api', env);
  try {
    await untilReady(url, api);
    return { url, api, stop: () => api.stop() };
  } catch (error) {
    await api.stop().catch(() => undefined);
    throw error;
  }
}

/** API and worker on a free port. The data folder is that of the services, for the key lies there. */
export async function startSystem(changes: NodeJS.ProcessEnv = {}): Promise<System> {
  const { GRADSTREAM_DATA: dataFolder } = process.env;
  if (!dataFolder) throw new Error('the services are not there: run this with "npm test -- --ring e2e"');
  const programs: Program[] = [];
  const addWorker = (more: NodeJS.ProcessEnv = {}): Program => {
    const added = new Program('worker', { ...process.env, LOG_LEVEL: 'info', ...changes, ...more });
    programs.push(added);
    return added;
  };
  const worker = addWorker();
  const stop = async (): Promise<void> => {
    const results = await Promise.allSettled(programs.map((program) => program.stop()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  };
  try {
    const { url, api } = await startApiProcess(changes);
    programs.push(api);
    const restartApi = async (): Promise<Program> => {
      const again = await startApiProcess(changes, Number(new URL(url).port));
      programs.push(again.api);
      return again.api;
    };
    return { url, apiKey: await readKey(dataFolder, url, api), api, restartApi, worker, addWorker, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/** A system as tests use it that do not stop it themselves, and a client of it. */
export interface SharedSystem extends Omit<System, 'stop'> {
  readonly client: Gradstream;
}

/** A system for all tests of a file; before the first test it is not there. */
export function useSystem(changes: NodeJS.ProcessEnv = {}): SharedSystem {
  let started: SharedSystem | undefined;
  let system: System | undefined;
  beforeAll(async () => {
    system = await startSystem(changes);
    const client = new Gradstream({ url: system.url, apiKey: system.apiKey });
    started = { ...system, client };
  });
  afterAll(async () => {
    await system?.stop();
  });
  const get = (): SharedSystem => {
    if (!started) throw new Error('the system starts before the first test');
    return started;
  };
  return {
    get url() {
      return get().url;
    },
    get apiKey() {
      return get().apiKey;
    },
    get api() {
      return get().api;
    },
    get worker() {
      return get().worker;
    },
    get client() {
      return get().client;
    },
    restartApi: () => get().restartApi(),
    addWorker: (more) => get().addWorker(more),
  };
}
