// Activation checkpointing by segments (Chen, Xu, Zhang, Guestrin, Training Deep Nets with Sublinear Memory Cost, 2016):
// a block keeps only its inputs for the backward pass, and runs a second time when its gradient is asked for.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { withOwnTape, type Tape } from '../backend/tape.js';
import { adoptVariable, registeredVariables } from '../backend/variables.js';
import type { CaptureGraph } from '../capture/graph.js';
import type { GraphValue } from '../capture/values.js';
import { EngineError } from '../errors.js';

export type Block<T extends Tensor | Tensor[]> = (...inputs: Tensor[]) => T;

/** What a block needs to run again. */
interface Segment {
  readonly block: Block<Tensor | Tensor[]>;
  /** Its inputs, kept until the backward pass is over. */
  readonly inputs: readonly Tensor[];
  /** What gradients go to: its inputs, and the trainable variables that it uses, each once. */
  readonly sources: Tensor[];
  readonly scope: string;
}

/** Absent where none flows. */
type Gradient = Tensor | null | undefined;

const listOf = (outputs: Tensor | Tensor[]): Tensor[] => (Array.isArray(outputs) ? outputs : [outputs]);

export class Recompute {
  /** Whether blocks run again; otherwise they run as they are, for comparison. */
  enabled = true;
  /** The gradients of the block that ran again last, in a graph under construction. */
  readonly #finished = new WeakMap<CaptureGraph, readonly GraphValue[]>();

  constructor(private readonly runtime: Runtime) {}

  /** Runs a block; where a gradient is being taken, as one node of tfjs's tape. */
  run<T extends Tensor | Tensor[]>(block: Block<T>, inputs: readonly Tensor[]): T {
    const { runtime } = this;
    const { state } = runtime.tf.engine();
    if (!this.enabled || state.gradientDepth === 0) return block(...inputs);
    if (!runtime.binding.capture)
      for (const variable of registeredVariables(runtime)) adoptVariable(runtime, variable);
    const { outputs, used } = this.#firstRun(block, inputs);
    // A variable stays, and its clone would hold its present value. Clones are on the tape, for gradients of gradients.
    const { tf } = runtime;
    const saved = inputs.map((input) => (input instanceof tf.Variable ? input : tf.keep(tf.clone(input))));
    const variables = registeredVariables(runtime).filter(({ id, trainable }) => trainable && used.has(id));
    const sources = [...new Set([...saved, ...variables])]; // A variable that is passed is among both.
    const segment = { block, inputs: saved, sources, scope: runtime.binding.scope };
    const original = new Map(saved.map((tensor, index) => [tensor, inputs[index] ?? tensor]));
    state.activeTape.push({
      id: state.nextTapeNodeId++,
      kernelName: 'Recompute',
      inputs: Object.fromEntries(
        sources.map((source, index) => [String(index), original.get(source) ?? source]),
      ),
      outputs: listOf(outputs),
      saved: saved.filter((tensor) => !(tensor instanceof tf.Variable)),
      gradient: (dys) => this.#gradients(segment, listOf(outputs), dys),
    });
    return outputs;
  }

  /**
   * Runs a block with a tape of its own, which tells what it used. An output that the block did not make, or returns
   * twice, becomes a tensor of its own: a gradient that comes in for it would be counted more than once.
   */
  #firstRun<T extends Tensor | Tensor[]>(block: Block<T>, inputs: readonly Tensor[]) {
    return withOwnTape(this.runtime, (inner, outer) => {
      const results = block(...inputs);
      const made = new Set(inner.flatMap((node) => node.outputs.map(({ id }) => id)));
      // Each is taken out once.
      const own = (result: Tensor): Tensor => (made.delete(result.id) ? result : result.clone());
      const outputs = (Array.isArray(results) ? results.map(own) : own(results)) as T;
      const used = new Set(inner.flatMap((node) => Object.values(node.inputs).map(({ id }) => id)));
      refuseHiddenInputs(outer, inner, used, inputs);
      return { outputs, used };
    });
  }

  /** Gradients of a segment's inputs and variables, by their place on the tape's node. */
  #gradients(
    { block, inputs, sources, scope }: Segment,
    outputs: readonly Tensor[],
    dys: readonly (Tensor | null)[],
  ): Record<string, () => Tensor> {
    const { tf } = this.runtime;
    const upstream = outputs.map((output, index) => dys[index] ?? tf.zeros(output.shape));
    const grads = this.#again(scope, upstream, () => {
      const [only] = upstream;
      const several = (): Tensor =>
        // The gradient of Σ y·dy in y is dy.
        listOf(block(...inputs))
          .map((output, index) => output.mul(upstream[index] ?? 0).sum())
          .reduce((sum, part) => sum.add(part));
      const single = (): Tensor => listOf(block(...inputs))[0] ?? tf.scalar(0);
      const one = upstream.length === 1;
      return tf.engine().gradients(one ? single : several, sources, one ? only : undefined, true).grads;
    });
    return Object.fromEntries(
      sources.map((source, index) => {
        const gradient = grads[index];
        return [String(index), () => gradient?.clone() ?? tf.zerosLike(source)];
      }),
    );
  }

  /**
   * Runs `body`, which gives gradients, for the backward pass. Its nodes wait for the upstream gradients, without which
   * TensorFlow would run them at once, or merge them with those of the first run, and save no memory; and for all
   * gradients of the block that ran again before, for TensorFlow may put off those of weights, and with them all that
   * they are computed from. It changes no variable, for the first run has done so.
   */
  #again(scope: string, upstream: readonly Tensor[], body: () => readonly Gradient[]): readonly Gradient[] {
    const { runtime } = this;
    const { binding } = runtime;
    const { state } = runtime.tf.engine();
    const outer = { tape: state.activeTape, scope: binding.scope, replaying: runtime.replaying };
    binding.scope = scope;
    runtime.replaying = true;
    try {
      const { capture } = binding;
      if (!capture) return body();
      const { graph } = capture;
      const inGraph = (tensors: readonly Gradient[]): GraphValue[] =>
        tensors.flatMap((tensor) => (tensor ? capture.toGraph(binding.value(runtime.id(tensor))) : []));
      const gradients = graph.withControls(
        [...inGraph(upstream), ...(this.#finished.get(graph) ?? [])],
        body,
      );
      this.#finished.set(graph, inGraph(gradients));
      return gradients;
    } finally {
      runtime.replaying = outer.replaying;
      binding.scope = outer.scope;
      state.activeTape = outer.tape; // tfjs drops the outer tape when an inner one ends.
    }
  }
}

/** A tensor from outside that a gradient flows through would get none, for the tape does not see into the block. */
function refuseHiddenInputs(
  outer: Tape,
  inner: Tape,
  used: ReadonlySet<number>,
  inputs: readonly Tensor[],
): void {
  const own = new Set([...inputs, ...inner.flatMap(({ outputs }) => outputs)].map(({ id }) => id));
  const hidden = outer.flatMap(({ outputs }) => outputs).find(({ id }) => used.has(id) && !own.has(id));
  if (!hidden) return;
  const message = `a recomputed block uses a tensor [${hidden.shape.join(', ')}] that was computed outside of it: pass it as an input of the block`;
  throw new EngineError('INVALID_ARGUMENT', message);
}
