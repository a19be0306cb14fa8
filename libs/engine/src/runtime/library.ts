// Finds TensorFlow's two libraries and loads them for good.

import { closeSync, openSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import koffi, { type LibraryHandle } from 'koffi';
import { EngineError } from '../errors.js';
import { faultOfLibrary } from './elf.js';
import { checkVersion, PINNED } from './version.js';

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

const dlopen = processLibrary.func('void *dlopen(const char *file, int flags)') as (
  file: string,
  flags: number,
) => bigint | null;
const setenv = processLibrary.func('int setenv(const char *name, const char *value, int overwrite)') as (
  name: string,
  value: string,
  overwrite: number,
) => number;
const dlerror = processLibrary.func('const char *dlerror()') as () => string | null;

const REMEDY = "run the set-up (npm start), or set TENSORFLOW_DIR to a folder with TensorFlow's libraries";

/** Throws LIBRARY_MISSING or LIBRARY_UNREADABLE unless this process may read the file. */
function checkReadable(folder: string, name: string): void {
  try {
    closeSync(openSync(path.join(folder, name), 'r'));
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (reason === 'ENOENT' || reason === 'ENOTDIR')
      throw new EngineError('LIBRARY_MISSING', `${name} is not in ${folder}: ${REMEDY}`);
    const message = `${name} in ${folder} cannot be read (${reason}): give this user the right to read the folder and the file, or set TENSORFLOW_DIR to another folder`;
    throw new EngineError('LIBRARY_UNREADABLE', message);
  }
}

/**
 * The folder of the libraries: the given one, or TENSORFLOW_DIR, or the one that set-up fills. Throws LIBRARY_MISSING,
 * LIBRARY_UNREADABLE.
 */
export function findLibraries(given?: string): string {
  const { TENSORFLOW_DIR, GRADSTREAM_CACHE } = process.env;
  const cache = GRADSTREAM_CACHE ?? path.join(homedir(), '.cache', 'gradstream');
  const folder = given ?? TENSORFLOW_DIR ?? path.join(cache, 'tensorflow', PINNED);
  for (const name of LIBRARIES) checkReadable(folder, name);
  return folder;
}

function broken(file: string, reason: string): EngineError {
  const message = `${file} cannot be loaded, for ${reason}: delete the folder and run the set-up again (npm start), or set TENSORFLOW_DIR to another folder`;
  return new EngineError('LIBRARY_BROKEN', message);
}

/**
 * Loads both libraries. Throws LIBRARY_BROKEN, VERSION_MISMATCH. koffi unloads libraries when JavaScript shuts down,
 * and TensorFlow's exit handlers run after that: without NODELETE a program that merely ends dies of a segmentation
 * fault.
 */
export function loadLibraries(folder: string): LibraryHandle[] {
  // TensorFlow reads its log level while it loads; notices and warnings would mix with the program's output, errors
  // are shown. Set in C, for process.env is a copy in worker threads and under Jest. TensorFlow's line about oneDNN is
  // written by the library's own initializer, before it knows of any level, and cannot be silenced without turning
  // oneDNN off.
  setenv('TF_CPP_MIN_LOG_LEVEL', '2', 0);
  const files = LIBRARIES.map((name) => path.join(folder, name));
  for (const file of files) {
    const fault = faultOfLibrary(file);
    if (fault !== null) throw broken(file, fault);
  }
  const libraries = files.map((file) => {
    if (dlopen(file, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE) === null)
      throw broken(file, `the system says "${dlerror() ?? 'nothing'}"`);
    return koffi.load(file, { global: true });
  });
  // Before any other function is bound: another version may lack some.
  const version = (libraries[1]?.func('const char *TF_Version()') as () => string)();
  checkVersion(version, folder);
  return libraries;
}
