// Which way of running a captured step is fastest: tried on the step itself, without changing its state.

import { EngineError } from '../errors.js';
import type { Executor, Form } from './executor.js';
import type { CapturedFunction } from '../capture/capture.js';
import type { CaptureContext } from '../capture/capture.js';
import { merged, type Calls } from '../capture/holding.js';
import { median } from '../measure/median.js';
import { typeAttribute } from '../native/attributes.js';
import { DataType } from '../native/dataTypes.js';
import type { CallOptions, FunctionCall } from '../native/functions.js';
import type { EagerTensor, ResourceVariable } from '../native/variable.js';

/** What a way of running was found to cost. */
export interface Candidate {
  readonly executor: Executor;
  /** Median of a call, in ms; null when it was not timed. */
  readonly callMs: number | null;
  /** The first call, compilation included, in ms. */
  readonly firstCallMs: number | null;
  /** Why it cannot be chosen; null when it can. */
  readonly refused: string | null;
}

export interface Choice {
  readonly executor: Form;
  readonly candidates: readonly Candidate[];
}

const TIMED_CALLS = 7;
/** A candidate is not timed for longer than this, in ms. */
const TIMED_MS = 400;
/** Results of different kernels may differ by rounding; by more, a candidate computes something else. */
const TOLERANCE = 1e-3;
/** Below this gain a change of executor is not worth its compilation. */
const WORTH = 0.95;

/** Whether XLA refused to compile, rather than the step having failed. */
export const isUnsupported = (error: unknown): error is EngineError =>
  error instanceof EngineError &&
  /unsupported operations|No registered '.*' OpKernel for XLA|uncompilable|not compilable|XLA compilation (is )?not|No XlaOpKernel/i.test(
    error.message,
  );

/** Runs candidates on the real inputs from the same state, and puts the state back after each. */
export class ExecutorSearch {
  constructor(
    private readonly parts: CaptureContext,
    private readonly forms: Readonly<Record<Form, CapturedFunction>>,
    private readonly inputs: readonly EagerTensor[],
    private readonly config: Uint8Array,
  ) {}

  /** The search: the fastest of what gives the same results. */
  *run(): Calls<Choice> {
    const { written } = merged(Object.values(this.forms).map(({ accesses }) => accesses));
    const state = new Map(written.map((variable) => [variable, this.parts.context.readVariable(variable)]));
    try {
      const reference = yield* this.#try('captured', state, null);
      const compiled = yield* this.#try('xla', state, reference.outputs);
      const candidates = [reference.candidate, compiled.candidate];
      const [plain = 0, compiledMs = Infinity] = candidates.map(({ callMs }) => callMs ?? Infinity);
      const executor = compiledMs < WORTH * plain ? 'xla' : 'captured';
      return { executor, candidates };
    } finally {
      for (const tensor of state.values()) this.parts.context.free(tensor);
    }
  }

  *#try(
    executor: Form,
    state: ReadonlyMap<ResourceVariable, EagerTensor>,
    reference: readonly number[] | null,
  ): Calls<{ candidate: Candidate; outputs: number[] }> {
    const call = callOf(this.forms[executor], this.inputs, { xla: executor === 'xla', config: this.config });
    const times: number[] = [];
    let outputs: number[] = [];
    let firstCallMs: number | null = null;
    const refuse = (refused: string) => ({
      candidate: { executor, callMs: null, firstCallMs, refused },
      outputs,
    });
    try {
      for (let i = 0; i <= TIMED_CALLS && times.reduce((sum, ms) => sum + ms, 0) < TIMED_MS; i++) {
        const began = performance.now();
        const results = yield call;
        const ms = performance.now() - began;
        if (i === 0) {
          firstCallMs = ms;
          outputs = this.#numbersOf(results);
        } else times.push(ms);
        for (const result of results) this.parts.context.free(result);
      }
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      return refuse(firstLine(error.message));
    } finally {
      this.#restore(state);
    }
    if (reference?.length === 0)
      return refuse('the step returns no numbers by which its results could be compared');
    if (reference && !agree(outputs, reference))
      return refuse('its results differ from those of the other kernels');
    return { candidate: { executor, callMs: median(times), firstCallMs, refused: null }, outputs };
  }

  /** The float32 outputs, one behind the other. */
  #numbersOf(results: readonly EagerTensor[]): number[] {
    return results
      .filter(({ dtype }) => dtype === DataType.TF_FLOAT)
      .flatMap((result) => Array.from(this.parts.context.download(result) as Float32Array));
  }

  #restore(state: ReadonlyMap<ResourceVariable, EagerTensor>): void {
    for (const [{ resource, dtype }, value] of state) {
      this.parts.context.execute('AssignVariableOp', [typeAttribute('dtype', dtype)], [resource, value], 0);
    }
  }
}

/** The call of a captured function on tensors. */
export const callOf = (
  { name, outputs, variables }: CapturedFunction,
  inputs: readonly EagerTensor[],
  options: CallOptions,
): FunctionCall => ({
  name,
  inputs: [...inputs, ...variables.map(({ resource }) => resource)],
  outputs,
  options,
});

/** Whether two lists of numbers agree but for rounding; what is not finite has to be the same. */
function agree(found: readonly number[], wanted: readonly number[]): boolean {
  const scale = wanted.reduce(
    (largest, value) => (Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest),
    0,
  );
  return found.every((value, index) => {
    const other = wanted[index] ?? Number.NaN;
    if (!Number.isFinite(value) || !Number.isFinite(other)) return Object.is(value, other);
    return Math.abs(value - other) <= TOLERANCE * Math.max(Math.abs(other), 1e-2 * scale);
  });
}

const firstLine = (text: string): string => text.split('\n')[0] ?? text;
