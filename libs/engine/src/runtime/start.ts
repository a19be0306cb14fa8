// Starts the engine: loads TensorFlow, makes its context, puts tfjs on it. Once a process.

import { Binding } from '../backend/binding.js';
import { Runtime } from '../backend/runtime.js';
import { loadTfjs } from '../backend/load.js';
import { checkCluster, GROUP_LEADER, joinCluster, type ClusterOptions } from '../collective/cluster.js';
import { Engine } from '../engine.js';
import { EngineError } from '../errors.js';
import { EagerContext } from '../native/eager.js';
import { FunctionCalls } from '../native/functions.js';
import { Native } from '../native/native.js';
import { OpDefinitions } from '../native/opDefs.js';
import { encodeConfig } from '../precision/config.js';
import { describe, type RuntimeDescription } from './describe.js';
import { deviceConfig, usesGpu, type DeviceChoice, type DeviceOptions } from './device.js';
import { findLibraries } from './library.js';

export interface EngineOptions extends DeviceOptions {
  /** Folder with TensorFlow's two libraries; by default TENSORFLOW_DIR, or the set-up's cache. */
  readonly tensorflowDir?: string;
  /** Threads within an op; TensorFlow's choice when absent. Results are the same only for the same number. */
  readonly intraOpThreads?: number;
  /** Ops at a time. */
  readonly interOpThreads?: number;
  /** The workers that train together; alone when absent. A process that joined a cluster ends with `process.exit`. */
  readonly collective?: ClusterOptions;
}

let started: Engine | null = null;
/** TensorFlow can be loaded once a process. */
let loaded: Native | null = null;
/** TensorFlow keeps the first memory settings of a GPU for the life of the process. */
let gpuMemoryIsSet = false;

function load(folder: string): Native {
  if (loaded && loaded.folder !== folder) {
    const message = `TensorFlow is loaded from ${loaded.folder}, and a process cannot load another: use ${folder} in a process of its own`;
    throw new EngineError('ALREADY_STARTED', message);
  }
  loaded ??= new Native(folder);
  return loaded;
}

/** A context on the wanted device; ended again when there is no such device. */
function newContext(native: Native, config: Uint8Array, device: DeviceChoice) {
  const context = new EagerContext(native, config);
  try {
    const build = { cuda: native.ask('IsGoogleCudaEnabled'), folder: native.folder };
    return { context, onGpu: usesGpu(device, context.devices(), build) };
  } catch (error) {
    context.delete();
    throw error;
  }
}

/**
 * Starts the engine. Throws LIBRARY_MISSING, LIBRARY_UNREADABLE, LIBRARY_BROKEN, VERSION_MISMATCH, DEVICE_NOT_FOUND,
 * ADDRESS_IN_USE, INVALID_ARGUMENT, ALREADY_STARTED.
 */
export function startEngine(options: EngineOptions = {}): Engine {
  if (started) throw new EngineError('ALREADY_STARTED', 'the engine runs already: one process has one');
  const { intraOpThreads = 0, interOpThreads = 0, device = 'auto', collective: cluster } = options;
  if (cluster) checkCluster(cluster);
  if (gpuMemoryIsSet && (options.gpuMemoryLimitMb || options.gpuMemoryGrowth === false)) {
    const message =
      'describeRuntime has set the memory of the GPU: call it after startEngine, or in another process';
    throw new EngineError('INVALID_ARGUMENT', message);
  }
  const config = encodeConfig({
    intraOpThreads,
    interOpThreads,
    ...deviceConfig(options),
    ...(cluster ? { collectiveGroupLeader: GROUP_LEADER } : {}),
  });
  const native = load(findLibraries(options.tensorflowDir));
  const { context, onGpu } = newContext(native, config, device);
  try {
    if (cluster) joinCluster(native, context, cluster, config);
  } catch (error) {
    context.delete();
    throw error;
  }
  const definitions = new OpDefinitions(native);
  const binding = new Binding(native.api.TF_Version(), context, definitions, onGpu);
  const { tf, backend } = loadTfjs(binding);
  const functions = new FunctionCalls(native, context);
  const runtime = new Runtime({ native, context, definitions, functions }, binding, tf, backend);
  started = new Engine(runtime, { intraOpThreads, interOpThreads }, cluster);
  return started;
}

/** The engine of this process: `const { tf } = engine.start()`. */
export const engine = { start: startEngine };

/**
 * What there is to compute with, without starting the engine. Throws what `startEngine` throws about the library. Where
 * there is a GPU, this process can start the engine with the default memory settings only.
 */
export function describeRuntime({
  tensorflowDir,
}: Pick<EngineOptions, 'tensorflowDir'> = {}): RuntimeDescription {
  if (started) return started.describe();
  const native = load(findLibraries(tensorflowDir));
  const context = new EagerContext(native, encodeConfig(deviceConfig({})));
  try {
    const devices = context.devices();
    gpuMemoryIsSet ||= devices.some(({ type }) => type === 'GPU');
    return describe(native, devices, { intraOpThreads: 0, interOpThreads: 0 });
  } finally {
    context.delete();
  }
}
