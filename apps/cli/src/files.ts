// Files that the commands read. What is wrong with one is said in a sentence that names it.

import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Why a file cannot be read, by the code of the system's error. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist: check the path',
  EISDIR: 'is a folder: name a file',
  EACCES: 'may not be read: check its permissions',
};

/** Why a file cannot be read, in a sentence. */
export function toFileError(file: string, cause: unknown): Error {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  return new Error(`${path.resolve(file)} ${REASONS[code] ?? `cannot be read (${code})`}.`, { cause });
}

/** A file's content. */
export async function readBytes(file: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return await readFile(file);
  } catch (error) {
    throw toFileError(file, error);
  }
}

/** The JSON value that a file's text is. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path.resolve(file)} is not valid JSON: ${reason}.`, { cause: error });
  }
}

/** A JSON file; the server says what is wrong with its content. */
export async function readJson<T>(file: string): Promise<T> {
  return parseJson((await readBytes(file)).toString('utf8'), file) as T;
}
