// The folders that everything else is found from.

import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** What was fetched or built once, and may serve several checkouts. */
export function cacheFolder() {
  return path.resolve(process.env.GRADSTREAM_CACHE ?? path.join(os.homedir(), '.cache', 'gradstream'));
}

/** What belongs to one installation: databases, secrets, the first key. */
export function dataFolder() {
  return path.resolve(process.env.GRADSTREAM_DATA ?? path.join(root, '.gradstream'));
}
