// Which TensorFlow is accepted. Its C API is stable, but field numbers, op definitions and mangled names are pinned.

import { EngineError } from '../errors.js';

/** Version of TensorFlow that set-up fetches; the folder of its cache is named after it. */
export const PINNED = '2.21.0';

const SUPPORTED = PINNED.slice(0, PINNED.lastIndexOf('.') + 1);

/** Throws VERSION_MISMATCH unless the version is a patch release of the pinned one. */
export function checkVersion(version: string, folder: string): void {
  if (version.startsWith(SUPPORTED)) return;
  const message = `TensorFlow ${version} is in ${folder}, and ${SUPPORTED}x is needed: run the set-up again (npm start), or set TENSORFLOW_DIR to a folder with ${PINNED}`;
  throw new EngineError('VERSION_MISMATCH', message);
}
