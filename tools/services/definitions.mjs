// How each service is prepared, started, stopped and asked whether it is ready.

import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dataFolder } from '../lib/paths.mjs';
import { isListening, runProgram, stopRecorded, writeRecord } from '../lib/processes.mjs';
import { reasonIn } from '../setup/failures.mjs';
import {
  NOBODY,
  postgresFolder,
  postgresReachable,
  valkeyProgram,
  versitygwProgram,
} from '../setup/parts.mjs';

/** @typedef {import('./settings.mjs').Settings} Settings */
/**
 * @typedef {object} Service
 * @property {NodeJS.Signals} stopSignal
 * @property {(settings: Settings) => Promise<void>} prepare before each start
 * @property {(settings: Settings) => Promise<{ program: string, args: string[], options?: import('node:child_process').SpawnOptions }>} command
 * @property {(settings: Settings) => Promise<boolean>} isReady
 */

const isRoot = process.getuid?.() === 0;
const asPostgres = isRoot ? { uid: NOBODY, gid: NOBODY } : {};

/** Folder of Postgres's data. */
export const clusterFolder = async () => postgresReachable(path.join(dataFolder(), 'postgres'));

/** Makes the cluster, at the first start. A half-made one is made again. */
async function preparePostgres(/** @type {Settings} */ { password }) {
  const folder = await clusterFolder();
  if (existsSync(path.join(folder, 'gradstream-complete'))) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o755 });
  if (isRoot) await chown(folder, NOBODY, NOBODY);
  const passwordFile = `${folder}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (isRoot) await chown(passwordFile, NOBODY, NOBODY);
  const args = ['-D', folder, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const locale = ['--encoding=UTF8', '--locale=C', '--no-sync'];
  const program = path.join(await postgresFolder(), 'bin', 'initdb');
  const { code, output } = await runProgram(program, [...args, ...locale], { ...asPostgres, cwd: '/' });
  await rm(passwordFile, { force: true });
  if (code !== 0) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`initdb could not make ${folder}: ${reasonIn(output, /error|fatal|could not/i)}`);
  }
  await writeFile(path.join(folder, 'gradstream-complete'), '');
}

/**
 * Ends a server that runs on our data though no record names it: its supervisor was killed in the moment of starting
 * it. Then removes the pid file, which may name a process that has nothing to do with us by now.
 */
async function endStray(/** @type {string} */ folder) {
  const file = path.join(folder, 'postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  const commandLine = pid > 0 ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
  if (commandLine.split('\0').includes(folder)) {
    const record = path.join(dataFolder(), 'run', 'postgres-stray.json');
    writeRecord(record, pid);
    await stopRecorded(record, 'SIGINT');
  }
  await rm(file, { force: true });
}

/** Postgres asked as its superuser. */
async function withSuperuser(
  /** @type {Settings} */ { ports, password },
  /** @type {(client: import('pg').Client) => Promise<void>} */ work,
) {
  const { default: pg } = await import('pg');
  const connection = {
    host: '127.0.0.1',
    port: ports.postgres,
    user: 'postgres',
    database: 'postgres',
    password,
  };
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 2000 });
  client.on('error', () => {}); // The connection is short; a failure reaches the caller through its query.
  try {
    await client.connect();
    await work(client);
    return true;
  } catch (error) {
    if (['ECONNREFUSED', '57P03', 'ECONNRESET'].includes(/** @type {{ code?: string }} */ (error).code ?? ''))
      return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Whether Postgres answers; makes our role and database when they are missing. */
const isPostgresReady = (/** @type {Settings} */ settings) =>
  withSuperuser(settings, async (client) => {
    const role = await client.query("SELECT 1 FROM pg_roles WHERE rolname = 'gradstream'");
    if (role.rowCount === 0) {
      await client.query(`CREATE ROLE gradstream LOGIN CREATEROLE PASSWORD '${settings.password}'`);
    }
    const database = await client.query("SELECT 1 FROM pg_database WHERE datname = 'gradstream'");
    if (database.rowCount === 0) await client.query('CREATE DATABASE gradstream OWNER gradstream');
  });

/** @type {Record<import('./settings.mjs').ServiceName, Service>} */
export const services = {
  postgres: {
    stopSignal: 'SIGINT',
    prepare: async (settings) => {
      await preparePostgres(settings);
      await endStray(await clusterFolder());
    },
    command: async ({ ports }) => ({
      program: path.join(await postgresFolder(), 'bin', 'postgres'),
      args: ['-D', await clusterFolder(), '-h', '127.0.0.1', '-p', String(ports.postgres), '-k', ''],
      options: { ...asPostgres, cwd: '/' },
    }),
    isReady: isPostgresReady,
  },
  valkey: {
    stopSignal: 'SIGTERM',
    prepare: async ({ ports, password }) => {
      const folder = path.join(dataFolder(), 'valkey');
      await mkdir(folder, { recursive: true });
      const lines = [
        ...['bind 127.0.0.1', `port ${ports.valkey}`, `requirepass ${password}`, `dir "${folder}"`],
        ...['appendonly yes', 'appendfsync everysec', 'save ""', 'maxmemory-policy noeviction'],
      ];
      await writeFile(path.join(folder, 'valkey.conf'), `${lines.join('\n')}\n`, { mode: 0o600 });
    },
    command: async () => ({
      program: valkeyProgram(),
      args: [path.join(dataFolder(), 'valkey', 'valkey.conf')],
    }),
    isReady: ({ ports }) => isListening(ports.valkey),
  },
  s3: {
    stopSignal: 'SIGTERM',
    prepare: async () => {
      await mkdir(path.join(dataFolder(), 's3'), { recursive: true });
      await chmod(path.join(dataFolder(), 's3'), 0o700);
    },
    command: async ({ ports, accessKey, secretKey }) => ({
      program: versitygwProgram(),
      args: [
        ...['--port', `127.0.0.1:${ports.s3}`, '--quiet'],
        // Pages of any address may ask: what they may do is said by the signature in the URL that the API gave them.
        ...['--cors-allow-origin', '*'],
        ...['posix', path.join(dataFolder(), 's3')],
      ],
      options: {
        env: {
          ...process.env,
          ROOT_ACCESS_KEY_ID: accessKey,
          ROOT_SECRET_ACCESS_KEY: secretKey,
        },
      },
    }),
    isReady: ({ ports }) => isListening(ports.s3),
  },
};
