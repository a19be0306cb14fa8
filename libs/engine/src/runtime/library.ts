// Finds TensorFlow's two libraries and loads them for good.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';
import { EngineError } from '../errors.js';

// The framework comes first: libtensorflow_cc needs its symbols.
const LIBRARIES = ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'];

// dlopen's flags on Linux.
const RTLD_NOW = 0x2;
const RTLD_GLOBAL = 0x100;
const RTLD_NODELETE = 0x1000;

const MIB = 2 ** 20;

/**
 * koffi runs C functions on stacks of its own, 2 MiB for synchronous calls and 128 KiB for asynchronous ones. XLA's
 * compiler and a signal's frame (over 10 KiB with AMX) need more: what does not fit overwrites the heap.
 */
function enlargeStacks(): void {
  const size = 16 * MIB; // koffi's maximum.
  const config = koffi.config();
  if (config.sync_stack_size === size) return; // The module was loaded twice; koffi keeps its configuration.
  koffi.config({ ...config, sync_stack_size: size, async_stack_size: size, resident_async_pools: 1 });
}
enlargeStacks();

/** Functions that the process itself exports. */
export const processLibrary: LibraryHandle = koffi.load(null);

/** Version of TensorFlow that set-up fetches; the folder of its cache is named after it. */
const PINNED = '2.21.0';

/**
 * The folder of the libraries: the given one, or TENSORFLOW_DIR, or the one that set-up fills. Throws LIBRARY_MISSING.
 */
export function findLibraries(given?: string): string {
  const { TENSORFLOW_DIR, GRADSTREAM_CACHE } = process.env;
  const cache = GRADSTREAM_CACHE ?? path.join(homedir(), '.cache', 'gradstream');
  const folder = given ?? TENSORFLOW_DIR ?? path.join(cache, 'tensorflow', PINNED);
  const missing = LIBRARIES.find((name) => !existsSync(path.join(folder, name)));
  if (missing === undefined) return folder;
  const message = `${missing} is not in ${folder}: run the set-up (npm start), or set TENSORFLOW_DIR to a folder with TensorFlow's libraries`;
  throw new EngineError('LIBRARY_MISSING', message);
}

/**
 * Loads both libraries. koffi unloads libraries when JavaScript shuts down, and TensorFlow's exit handlers run
 * after that: without NODELETE a program that merely ends dies of a segmentation fault.
 */
export function loadLibraries(folder: string): LibraryHandle[] {
  // TensorFlow reads its log level while it loads; its notices would mix with the program's output.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  const dlopen = processLibrary.func('void *dlopen(const char *file, int flags)');
  return LIBRARIES.map((name) => {
    const file = path.join(folder, name);
    dlopen(file, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
    return koffi.load(file, { global: true });
  });
}
