// Ports and secrets of one installation: chosen once, kept in its data folder, readable by its owner alone.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeJson } from '../lib/files.mjs';
import { freePort } from '../lib/processes.mjs';
import { dataFolder } from '../lib/paths.mjs';
import { tensorflowFolder } from '../setup/parts.mjs';

export const serviceNames = /** @type {const} */ (['postgres', 'valkey', 's3']);
/** @typedef {(typeof serviceNames)[number]} ServiceName */
/** @typedef {{ ports: Record<ServiceName, number>, password: string, accessKey: string, secretKey: string }} Settings */

const settingsFile = () => path.join(dataFolder(), 'services.json');
const secret = () => randomBytes(24).toString('base64url');

/** Whether this installation has been set up before. */
export const isSetUp = () => existsSync(settingsFile());

/** Writes the settings whole. */
export const writeSettings = (/** @type {Settings} */ settings) => writeJson(settingsFile(), settings);

/** The settings; made at the first call. @returns {Promise<Settings>} */
export async function readSettings() {
  const text = await readFile(settingsFile(), 'utf8').catch(() => null);
  if (text !== null) return JSON.parse(text);
  const settings = {
    ports: { postgres: await freePort(), valkey: await freePort(), s3: await freePort() },
    password: secret(),
    accessKey: `gs${randomBytes(8).toString('hex')}`,
    secretKey: secret(),
  };
  await writeSettings(settings);
  return settings;
}

/** Which services the environment replaces by an address. @returns {Record<ServiceName, boolean>} */
export function replacedServices() {
  const { DATABASE_URL, REDIS_URL, S3_ENDPOINT } = process.env;
  return { postgres: Boolean(DATABASE_URL), valkey: Boolean(REDIS_URL), s3: Boolean(S3_ENDPOINT) };
}

/** The environment of our processes and tests: addresses given from outside win. */
export async function serviceEnvironment() {
  const { ports, password, accessKey, secretKey } = await readSettings();
  const { env } = process;
  return {
    DATABASE_URL:
      env.DATABASE_URL ?? `postgres://gradstream:${password}@127.0.0.1:${ports.postgres}/gradstream`,
    REDIS_URL: env.REDIS_URL ?? `redis://:${password}@127.0.0.1:${ports.valkey}/0`,
    S3_ENDPOINT: env.S3_ENDPOINT ?? `http://127.0.0.1:${ports.s3}`,
    S3_ACCESS_KEY: env.S3_ACCESS_KEY ?? accessKey,
    S3_SECRET_KEY: env.S3_SECRET_KEY ?? secretKey,
    S3_BUCKET: env.S3_BUCKET ?? 'gradstream',
    TENSORFLOW_DIR: tensorflowFolder(),
    GRADSTREAM_DATA: dataFolder(),
  };
}
