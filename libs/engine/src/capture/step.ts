// A step that is captured: traced once for each combination of input shapes and types, then run by one call each time.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { EngineError } from '../errors.js';
import { callOf, ExecutorSearch, isUnsupported } from '../executor/choice.js';
import type { Executor } from '../executor/executor.js';
import { refuseAborted, type FunctionCall } from '../native/functions.js';
import type { EagerTensor } from '../native/variable.js';
import type { Precision } from '../precision/config.js';
import { readReceipt } from '../precision/receipt.js';
import type { CapturedFunction } from './capture.js';
import { holding, merged, once, type Calls } from './holding.js';
import { outputsOf } from './outputs.js';
import { runOneByOne } from './oneByOne.js';
import { repeated } from './repeat.js';
import type { Step } from './trace.js';
import { Traced, type TraceReceipt } from './traced.js';

/** A trace holds its graphs, and what TensorFlow compiled for them: inputs of ever new shapes may not add up. */
const MOST_TRACES = 32;

export interface CaptureSettings {
  readonly executor: Executor | 'auto';
  readonly stepsPerCall: number;
  /** An encoded ConfigProto. */
  readonly config: Uint8Array;
  /** What the configuration asks for. */
  readonly precision: Precision;
  /** Whether XLA computes in the precision that was asked for. */
  readonly xlaAllowed: boolean;
}

/** A call of a step and the function that it calls. */
export interface StepPlan {
  readonly call: FunctionCall;
  readonly fn: CapturedFunction;
}

export class CapturedStep {
  #traces: Traced[] = [];
  #uses = 0;
  #busy = false;
  #disposed = false;
  readonly #step: Step;
  readonly #whole: Step;

  constructor(
    private readonly runtime: Runtime,
    step: Step,
    private readonly settings: CaptureSettings,
  ) {
    const { stepsPerCall } = settings;
    this.#step = (...inputs) => outputsOf(runtime, 'the step', step(...inputs));
    this.#whole = stepsPerCall === 1 ? this.#step : repeated(runtime, this.#step, stepsPerCall);
  }

  /** One for each combination of input shapes that is kept, in the order of their traces. */
  get receipts(): TraceReceipt[] {
    return this.#traces.map(({ receipt }) => receipt);
  }

  /** Traces for inputs like these ahead of the first run; only shapes and types count. */
  trace(...inputs: Tensor[]): void {
    this.#traceFor(inputs);
  }

  /** Runs the step: updates the variables, returns its outputs. Blocks the event loop. */
  run(...inputs: Tensor[]): Tensor[] {
    this.#refuseBusy();
    if (this.settings.executor === 'eager')
      return runOneByOne(this.runtime, this.#step, this.settings.stepsPerCall, inputs);
    const trace = this.#traceFor(inputs);
    const tensors = this.#tensorsOf(inputs, trace);
    const { functions } = this.runtime.parts;
    const work = this.#work(trace, tensors);
    for (let next = work.next(); ;) {
      if (next.done) return this.#accept(next.value);
      next = resume(work, () => functions.call(next.value as FunctionCall));
    }
  }

  /**
   * The same without blocking. Throws STEP_BUSY while one runs. When the signal aborts, the promise rejects with
   * CANCELLED if the call has not begun, or waits for other processes; TensorFlow does not stop in the middle of ops that
   * compute, and then the call's outputs are returned.
   *
   * Until it ends its variables belong to it: VARIABLE_IN_USE refuses to read what it writes and to change what it uses, by
   * an op, by `assign` or by another step (here the promise rejects). Steps that only read the same variables may run beside
   * each other. A variable that is disposed meanwhile makes it fail with TENSOR_DISPOSED.
   */
  async runAsync(inputs: readonly Tensor[], { signal }: { signal?: AbortSignal } = {}): Promise<Tensor[]> {
    this.#refuseBusy();
    if (this.settings.executor === 'eager') {
      refuseAborted(signal);
      return this.run(...inputs);
    }
    const trace = this.#traceFor(inputs);
    const tensors = this.#tensorsOf(inputs, trace);
    const { functions } = this.runtime.parts;
    this.#busy = true;
    try {
      const work = this.#work(trace, tensors);
      for (let next = work.next(); ;) {
        if (next.done) return this.#accept(next.value);
        const call = next.value;
        const outcome = await functions.callAsync(call, signal).then(
          (results) => () => results,
          (error: unknown) => () => {
            throw error;
          },
        );
        next = resume(work, outcome);
      }
    } finally {
      this.#busy = false;
    }
  }

  /** What `run` would call with these inputs; for the engine's own parts. Throws NOT_SUPPORTED for a step of single ops. */
  plan(inputs: readonly Tensor[]): StepPlan {
    const { executor, config } = this.settings;
    if (executor === 'eager')
      throw new EngineError(
        'NOT_SUPPORTED',
        'the step runs op by op: give it another executor to measure it',
      );
    const trace = this.#traceFor(inputs);
    const xla = trace.executor === 'xla';
    return { call: callOf(trace.fn, this.#tensorsOf(inputs, trace), { xla, config }), fn: trace.fn };
  }

  /** Gives the functions back; the step cannot be run any more. Throws STEP_BUSY while it runs. */
  dispose(): void {
    if (this.#disposed) return;
    this.#refuseBusy();
    this.#disposed = true;
    for (const trace of this.#traces.splice(0)) trace.dispose();
  }

  /**
   * The calls of one run: first those that choose an executor, when there is one to choose, then the run itself. The
   * variables are held until the last has ended, so that a trial puts nothing back but what it changed itself.
   */
  *#work(trace: Traced, tensors: readonly EagerTensor[]): Calls<EagerTensor[]> {
    const { config, precision } = this.settings;
    const onGraphs = (metadata: Uint8Array): void => {
      const receipt = readReceipt(metadata, precision);
      // A call that was cancelled, or began beside another that was watched, tells nothing.
      if (receipt.nodes > 0 || trace.executor === 'xla') trace.precision = receipt;
    };
    const isHalf = precision === 'bfloat16' || precision === 'float16';
    const report = isHalf && !trace.precision ? { onGraphs } : {};
    if (trace.executor === null) {
      const forms = { captured: trace.form('captured'), xla: trace.form('xla') };
      const search = new ExecutorSearch(this.runtime.parts, forms, tensors, config);
      const accesses = merged([forms.captured.accesses, forms.xla.accesses]);
      trace.choice = yield* holding(accesses, search.run());
      trace.executor = trace.choice.executor;
    }
    const xla = trace.executor === 'xla';
    const call = (): Calls<EagerTensor[]> => {
      const options = { xla: trace.executor === 'xla', config, ...report };
      return holding(trace.fn.accesses, once(callOf(trace.fn, tensors, options)));
    };
    try {
      return yield* call();
    } catch (error) {
      if (!xla || !isUnsupported(error)) throw error;
      trace.executor = 'captured';
      trace.fallback = error.message;
      return yield* call();
    }
  }

  #refuseBusy(): void {
    if (this.#disposed) throw new EngineError('STEP_DISPOSED', 'the step was disposed: capture it again');
    if (this.#busy) throw new EngineError('STEP_BUSY', 'the step is still running: wait for its result');
    if (this.runtime.binding.capture) {
      throw new EngineError('CAPTURE_IN_PROGRESS', 'a captured step cannot be run while another is captured');
    }
  }

  #tensorsOf(inputs: readonly Tensor[], { fn }: Traced): EagerTensor[] {
    if (fn.variables.some(({ users }) => users === 0)) {
      const message = 'a variable that the step uses was disposed: capture it again';
      throw new EngineError('TENSOR_DISPOSED', message);
    }
    return inputs.map((input) => this.runtime.binding.tensorOf(this.runtime.id(input)));
  }

  #traceFor(inputs: readonly Tensor[]): Traced {
    this.#refuseBusy();
    const known = this.#traces.find((trace) => trace.fits(this.runtime, inputs));
    if (known) {
      known.lastUse = ++this.#uses;
      return known;
    }
    const specs = inputs.map(({ shape, dtype }) => ({
      shape: [...shape],
      dtype: this.runtime.backend.getDTypeInteger(dtype),
    }));
    const { executor, xlaAllowed, precision } = this.settings;
    const given = executor === 'xla' ? 'xla' : executor === 'auto' && xlaAllowed ? null : 'captured';
    const made = new Traced(this.runtime, this.#whole, specs, precision === 'float64', given);
    // A trial repeats the step: what has effects besides its variables cannot be tried.
    if (made.fn.hasOtherEffects) made.executor ??= 'captured';
    made.lastUse = ++this.#uses;
    this.#traces.push(made);
    if (this.#traces.length > MOST_TRACES) this.#disposeOldest();
    return made;
  }

  #disposeOldest(): void {
    const [oldest] = [...this.#traces].sort((a, b) => a.lastUse - b.lastUse);
    oldest?.dispose();
    this.#traces = this.#traces.filter((trace) => trace !== oldest);
  }

  #accept(results: readonly EagerTensor[]): Tensor[] {
    const { backend, binding } = this.runtime;
    return results.map((result) => backend.createOutputTensor(binding.describe(result)));
  }
}

/** Gives a generator the outcome of its call. */
function resume<T, R, N>(work: Generator<T, R, N>, outcome: () => N): IteratorResult<T, R> {
  let value: N;
  try {
    value = outcome();
  } catch (error) {
    return work.throw(error);
  }
  return work.next(value);
}
