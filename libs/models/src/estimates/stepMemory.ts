// A training step on a ledger of what is alive: the calls of a graph forward, the loss, and the calls backward.

import { cutsGradients, gradientFlow, type GradientFlow } from '../graph/gradientFlow.js';
import { countValues, type GraphNode, type ModelGraph } from '../graph/graph.js';
import { sizeOf } from '../layers/layer.js';
import { Ledger } from './ledger.js';
import type { Segment } from './segments.js';
import { storageOf, type Storage } from './storage.js';

/** Bytes of a value. */
export const FLOAT32 = 4;
export const HALF = 2;

/** One step; to be run once. */
export class StepMemory {
  readonly #ledger = new Ledger();
  readonly #flow: GradientFlow;
  readonly #storage: Storage;
  readonly #segmentOf = new Map<number, Segment>();
  /** Roots of the model's inputs, which the caller holds, and of its outputs, which are float32. */
  readonly #inputs: ReadonlySet<number>;
  readonly #outputs: ReadonlySet<number>;
  /** By root: the first call whose backward pass needs what the forward pass kept. */
  readonly #keptFor = new Map<number, number>();

  constructor(
    private readonly graph: ModelGraph,
    private readonly batchSize: number,
    private readonly width: number,
    segments: readonly Segment[],
  ) {
    this.#flow = gradientFlow(graph);
    this.#storage = storageOf(graph, this.#flow);
    this.#inputs = new Set(graph.inputs.map(({ value }) => value));
    this.#outputs = new Set(graph.outputs.map(({ value }) => this.#root(value)));
    for (const segment of segments)
      for (let index = segment.from; index < segment.to; index++) this.#segmentOf.set(index, segment);
    this.#findKept();
  }

  run(): { activations: number; peak: number } {
    const ledger = this.#ledger;
    if (this.width < FLOAT32) {
      const weights = this.graph.layers.flatMap((layer) => layer.weights);
      ledger.hold('weights', this.width * countValues(weights.filter(({ role }) => role !== 'statistic')));
    }
    this.graph.nodes.forEach((node, index) => {
      this.#forward(node, index);
    });
    for (const root of this.#outputs) {
      ledger.hold(`gradient ${root}`, this.#bytesOf(root)); // The loss makes it along with its value.
      if (!this.#keptFor.has(root)) ledger.drop(`value ${root}`);
    }
    const activations = ledger.bytes - (this.width < FLOAT32 ? ledger.of('weights') : 0);
    const over = Map.groupBy(this.#keptFor, ([, index]) => index);
    for (const [index, node] of [...this.graph.nodes.entries()].reverse()) {
      const segment = this.#segmentOf.get(index);
      if (segment && index === segment.to - 1) this.#again(segment);
      if (this.#flow.backward.has(node)) this.#backward(node);
      for (const value of node.outputs) ledger.drop(`again ${value}`);
      ledger.drop(`other ${index}`);
      for (const [root] of over.get(index) ?? []) ledger.drop(`value ${root}`);
    }
    return { activations, peak: ledger.peak };
  }

  #root(value: number): number {
    return this.#storage.root[value] ?? value;
  }

  #bytesOf(value: number): number {
    const width = this.#outputs.has(value) ? FLOAT32 : this.width;
    return this.batchSize * width * sizeOf(this.graph.values[value] ?? []);
  }

  /** Calls outside of segments keep what they need themselves; a segment keeps what it is given. */
  #findKept(): void {
    this.graph.nodes.forEach((node, index) => {
      const segment = this.#segmentOf.get(index);
      const own = segment ? this.#madeIn(segment) : null;
      const needed = segment ? node.inputs.map((value) => this.#root(value)) : this.#storage.needs[index];
      const first = segment?.from ?? index;
      for (const root of needed ?? []) {
        if (this.#inputs.has(root) || own?.has(root)) continue;
        this.#keptFor.set(root, Math.min(first, this.#keptFor.get(root) ?? first));
      }
    });
  }

  readonly #made = new Map<Segment, ReadonlySet<number>>();
  #madeIn(segment: Segment): ReadonlySet<number> {
    const known = this.#made.get(segment);
    if (known) return known;
    const calls = this.graph.nodes.slice(segment.from, segment.to);
    const made = new Set(calls.flatMap(({ outputs }) => outputs));
    this.#made.set(segment, made);
    return made;
  }

  #forward(node: GraphNode, index: number): void {
    const ledger = this.#ledger;
    for (const value of node.outputs)
      if (this.#root(value) === value) ledger.hold(`value ${value}`, this.#bytesOf(value));
    ledger.hold(`other ${index}`, this.batchSize * this.width * (this.#storage.others[index] ?? 0));
    if (this.#segmentOf.has(index)) ledger.drop(`other ${index}`);
    for (const value of [...node.inputs, ...node.outputs]) {
      const root = this.#root(value);
      const isOver = (this.#storage.lastUse[root] ?? -1) <= index && !this.#keptFor.has(root);
      if (isOver) ledger.drop(`value ${root}`);
    }
  }

  /** The second run of a segment, whose calls keep what they need this time. */
  #again(segment: Segment): void {
    const needed = new Set(this.#storage.needs.slice(segment.from, segment.to).flat());
    for (const root of this.#madeIn(segment)) {
      if (needed.has(root) && !this.#keptFor.has(root))
        this.#ledger.hold(`again ${root}`, this.#bytesOf(root));
    }
    for (let index = segment.from; index < segment.to; index++) {
      const count = this.#storage.others[index] ?? 0;
      this.#ledger.hold(`other ${index}`, this.batchSize * this.width * count);
    }
  }

  /** Gradients of the inputs and weights of a call, from those of its outputs. */
  #backward(node: GraphNode): void {
    const ledger = this.#ledger;
    const { layer, plan, inputs, outputs } = node;
    const given = outputs.map((value) => this.#root(value));
    const own = inputs.map((value) => this.#root(value));
    if ((plan.finalActivation ?? 'linear') !== 'linear') {
      ledger.hold('before activation', this.#bytesOf(given[0] ?? -1));
      for (const root of given) if (!own.includes(root)) ledger.drop(`gradient ${root}`);
    }
    for (const { name, shape, trainable } of layer.weights) {
      if (!trainable) continue;
      const key = `gradient of ${layer.name}/${name}`;
      // That of another call of the layer is added; one in half precision becomes float32.
      if (ledger.has(key)) ledger.hold('part', FLOAT32 * sizeOf(shape));
      else if (this.width < FLOAT32) ledger.hold('part', this.width * sizeOf(shape));
      ledger.hold(key, FLOAT32 * sizeOf(shape));
      ledger.drop('part');
    }
    for (const root of own) {
      if (cutsGradients(node) || !this.#flow.varying.has(root)) continue;
      if (given.includes(root)) continue;
      if (ledger.has(`gradient ${root}`)) ledger.hold('part', this.#bytesOf(root));
      ledger.hold(`gradient ${root}`, this.#bytesOf(root));
      ledger.drop('part');
    }
    ledger.drop('before activation');
    for (const root of given) if (!own.includes(root)) ledger.drop(`gradient ${root}`);
  }
}
