// Starts the engine: loads TensorFlow, makes its context, puts tfjs on it. Once a process.

import { Binding } from '../backend/binding.js';
import { Runtime } from '../backend/runtime.js';
import { loadTfjs } from '../backend/load.js';
import { Engine } from '../engine.js';
import { EngineError } from '../errors.js';
import { EagerContext } from '../native/eager.js';
import { FunctionCalls } from '../native/functions.js';
import { Native } from '../native/native.js';
import { OpDefinitions } from '../native/opDefs.js';
import { encodeConfig } from '../precision/config.js';
import { findLibraries } from './library.js';

export interface EngineOptions {
  /** Folder with TensorFlow's two libraries; by default TENSORFLOW_DIR, or the set-up's cache. */
  readonly tensorflowDir?: string;
  /** Threads within an op; TensorFlow's choice when absent. Results are the same only for the same number. */
  readonly intraOpThreads?: number;
  /** Ops at a time. */
  readonly interOpThreads?: number;
}

const SUPPORTED = /^2\.21\./;
let started: Engine | null = null;

/** Starts the engine. Throws LIBRARY_MISSING, VERSION_MISMATCH, ALREADY_STARTED. */
export function startEngine(options: EngineOptions = {}): Engine {
  if (started) throw new EngineError('ALREADY_STARTED', 'the engine runs already: one process has one');
  const { intraOpThreads = 0, interOpThreads = 0 } = options;
  const folder = findLibraries(options.tensorflowDir);
  const native = new Native(folder);
  const version = native.api.TF_Version();
  if (!SUPPORTED.test(version)) {
    const message = `TensorFlow ${version} is in ${folder}, 2.21 is needed: run the set-up again`;
    throw new EngineError('VERSION_MISMATCH', message);
  }
  const context = new EagerContext(native, encodeConfig({ intraOpThreads, interOpThreads }));
  const definitions = new OpDefinitions(native);
  const binding = new Binding(version, context, definitions, false);
  const { tf, backend } = loadTfjs(binding);
  const functions = new FunctionCalls(native, context);
  const runtime = new Runtime({ native, context, definitions, functions }, binding, tf, backend);
  started = new Engine(runtime, { intraOpThreads, interOpThreads });
  return started;
}

/** The engine of this process: `const { tf } = engine.start()`. */
export const engine = { start: startEngine };
