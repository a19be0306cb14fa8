// Where the server is and with which key: options first, then the environment, then the file that the first
// start of the server wrote.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Gradstream, GradstreamError } from '@gradstream/sdk';

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** The file of the first start: in GRADSTREAM_DATA, or in .gradstream here or in a folder above. */
function findKeyFile(): string | null {
  const { GRADSTREAM_DATA: folder } = process.env;
  if (folder) return path.join(folder, 'key.json');
  for (let at = process.cwd(); ; at = path.dirname(at)) {
    const file = path.join(at, '.gradstream', 'key.json');
    if (existsSync(file)) return file;
    if (at === path.dirname(at)) return null;
  }
}

/** A text field of a JSON object, if it has it. */
function textField(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const field: unknown = Reflect.get(value, name);
  return typeof field === 'string' ? field : undefined;
}

/** What the key file holds; an absent file holds nothing. */
function readKeyFile(): { url?: string | undefined; apiKey?: string | undefined } {
  const file = findKeyFile();
  if (file === null || !existsSync(file)) return {};
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return { url: textField(content, 'url'), apiKey: textField(content, 'apiKey') };
}

/** Connection settings, complete. */
export function connectionSettings(): { url: string; apiKey: string } {
  const file = readKeyFile();
  const { GRADSTREAM_URL, GRADSTREAM_API_KEY } = process.env;
  const apiKey = GRADSTREAM_API_KEY ?? file.apiKey;
  if (!apiKey) {
    throw new GradstreamError(
      'UNAUTHENTICATED',
      'no API key: set GRADSTREAM_API_KEY, or run this where "npm start" keeps its .gradstream folder',
    );
  }
  return { url: GRADSTREAM_URL ?? file.url ?? DEFAULT_URL, apiKey };
}

/** A client with those settings. */
export function connect(): Gradstream {
  return new Gradstream(connectionSettings());
}
