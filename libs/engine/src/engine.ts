// The engine as its users see it: tfjs on TensorFlow, and captured steps.

import type { Tensor } from '@tensorflow/tfjs';
import { Binding } from './backend/binding.js';
import { Runtime } from './backend/runtime.js';
import { loadTfjs, type Tf } from './backend/tfjs.js';
import { captureStep, type CapturedStep, type CaptureOptions } from './capture/step.js';
import { EngineError } from './errors.js';
import { Native } from './native/native.js';
import { FusedOps } from './ops/fused.js';
import { RandomOps } from './ops/random.js';
import { encodeConfig } from './precision/config.js';

export type Precision = 'float32' | 'bfloat16';

export interface EngineOptions {
  /** Folder with TensorFlow's two libraries. */
  readonly tensorflowDir: string;
  /** Threads within an op; TensorFlow's choice when absent. Results are the same only for the same number. */
  readonly intraOpThreads?: number;
  /** Ops at a time. */
  readonly interOpThreads?: number;
}

export interface StepOptions extends CaptureOptions {
  /** What the step computes in; variables are float32 in any case. */
  readonly precision?: Precision;
  /** Compile with XLA. */
  readonly xla?: boolean;
}

/** A started engine. */
export class Engine {
  readonly ops: FusedOps;
  readonly random: RandomOps;

  constructor(
    private readonly runtime: Runtime,
    private readonly threads: { intraOpThreads: number; interOpThreads: number },
  ) {
    this.ops = new FusedOps(runtime);
    this.random = new RandomOps(runtime);
  }

  /** tfjs, with TensorFlow as its backend. */
  get tf(): Tf {
    return this.runtime.tf;
  }

  /** TensorFlow's version. */
  get version(): string {
    return this.runtime.binding.TF_Version;
  }

  /** Tensors that TensorFlow holds for us; for leak checks. */
  liveTensors(): number {
    return this.runtime.binding.getNumOfTensors();
  }

  /** Captures a step of tfjs code as one TensorFlow function. */
  captureStep(step: (...inputs: Tensor[]) => Tensor[], options: StepOptions): CapturedStep {
    const config = encodeConfig({ ...this.threads, bfloat16: options.precision === 'bfloat16' });
    return captureStep(this.runtime, step, options, { xla: options.xla ?? false, config });
  }
}

const SUPPORTED = /^2\.21\./;
let started = false;

/** Starts the engine, once a process. Throws LIBRARY_MISSING, VERSION_MISMATCH, ALREADY_STARTED. */
export function startEngine(options: EngineOptions): Engine {
  if (started) throw new EngineError('ALREADY_STARTED', 'the engine runs already: one process has one');
  const { tensorflowDir, intraOpThreads = 0, interOpThreads = 0 } = options;
  const native = new Native(tensorflowDir);
  const version = native.api.TF_Version();
  if (!SUPPORTED.test(version)) {
    throw new EngineError(
      'VERSION_MISMATCH',
      `TensorFlow ${version} is in ${tensorflowDir}, 2.21 is needed: run the set-up again`,
    );
  }
  const binding = new Binding(native, encodeConfig({ intraOpThreads, interOpThreads }));
  const { tf, backend } = loadTfjs(binding);
  started = true;
  return new Engine(new Runtime(binding, tf, backend), { intraOpThreads, interOpThreads });
}
