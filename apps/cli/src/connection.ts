// Where the server is and with which key: options first, then the environment, then the files in the
// server's data folder.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Gradstream, GradstreamError } from '@gradstream/sdk';
import { parseJson } from './files.js';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** The server's data folder: GRADSTREAM_DATA, or .gradstream here or in a folder above. */
function findDataFolder(): string | null {
  const { GRADSTREAM_DATA: folder } = process.env;
  if (folder) return folder;
  for (let at = process.cwd(); ; at = path.dirname(at)) {
    const found = path.join(at, '.gradstream');
    if (existsSync(path.join(found, 'key.json')) || existsSync(path.join(found, 'server.json'))) return found;
    if (at === path.dirname(at)) return null;
  }
}

/** A text field of a JSON object, if it has it. */
function textField(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const field: unknown = Reflect.get(value, name);
  return typeof field === 'string' ? field : undefined;
}

/** A JSON file of the data folder; an absent one holds nothing. */
function readDataFile(folder: string | null, name: string): unknown {
  const file = folder === null ? null : path.join(folder, name);
  return file === null || !existsSync(file) ? null : parseJson(readFileSync(file, 'utf8'), file);
}

/** The address that the environment names, if it does. */
function givenUrl(): string | undefined {
  const { GRADSTREAM_URL: url } = process.env;
  if (!url) return undefined;
  if (/^https?:/.test(url) && URL.canParse(url)) return url;
  throw new Error(`GRADSTREAM_URL is "${url}", which is no address such as ${DEFAULT_URL}: correct it.`);
}

/** Connection settings, complete. */
export function connectionSettings(): { url: string; apiKey: string } {
  const folder = findDataFolder();
  const key = readDataFile(folder, 'key.json');
  const { GRADSTREAM_API_KEY } = process.env;
  const apiKey = GRADSTREAM_API_KEY ?? textField(key, 'apiKey');
  if (!apiKey) {
    throw new GradstreamError(
      'UNAUTHENTICATED',
      'no API key: set GRADSTREAM_API_KEY, or run this where "npm start" keeps its .gradstream folder',
    );
  }
  // server.json is of the last `npm start`; the key's file names the address of the first.
  const known = textField(readDataFile(folder, 'server.json'), 'url') ?? textField(key, 'url');
  return { url: givenUrl() ?? known ?? DEFAULT_URL, apiKey };
}

/** A client with those settings. */
export function connect(): Gradstream {
  return new Gradstream(connectionSettings());
}
