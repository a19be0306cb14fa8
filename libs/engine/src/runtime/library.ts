// Finds TensorFlow's two libraries and loads them for good.

import { existsSync } from 'node:fs';
import path from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';
import { EngineError } from '../errors.js';

// The framework comes first: libtensorflow_cc needs its symbols.
const LIBRARIES = ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'];

// dlopen's flags on Linux.
const RTLD_NOW = 0x2;
const RTLD_GLOBAL = 0x100;
const RTLD_NODELETE = 0x1000;

/** Functions that the process itself exports. */
export const processLibrary: LibraryHandle = koffi.load(null);

/**
 * Loads both libraries. koffi unloads libraries when JavaScript shuts down, and TensorFlow's exit handlers run
 * after that: without NODELETE a program that merely ends dies of a segmentation fault.
 * Throws LIBRARY_MISSING.
 */
export function loadLibraries(folder: string): LibraryHandle[] {
  // TensorFlow reads its log level while it loads; its notices would mix with the program's output.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const dlopen = processLibrary.func('void *dlopen(const char *file, int flags)');
  return LIBRARIES.map((name) => {
    const file = path.join(folder, name);
    if (!existsSync(file)) {
      const message = `${name} is not in ${folder}: run the set-up, or set TENSORFLOW_DIR to a folder with TensorFlow's libraries`;
      throw new EngineError('LIBRARY_MISSING', message);
    }
    dlopen(file, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
    return koffi.load(file, { global: true });
  });
}
