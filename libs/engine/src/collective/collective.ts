// Operations that all workers of a cluster do together, in captured steps and op by op. Synchronous data parallelism:
// every worker computes gradients on its part of the batch and takes their mean (Goyal et al. 2017, section 2.3).

import type { Tensor } from '@tensorflow/tfjs';
import { floatAttribute, intsAttribute, stringAttribute, type Runtime } from '../backend/runtime.js';
import { EngineError } from '../errors.js';
import { bucketsOf } from './buckets.js';
import type { ClusterOptions } from './cluster.js';
import { abortCollectives, PeerWatch } from './health.js';
import { InstanceKeys, type Operation } from './keys.js';

const GROUP = 1;
const DEFAULT_TIMEOUT_SECONDS = 120;
/** Elements of a bucket: 4 MiB of float32, past which a larger message is no cheaper. */
const BUCKET_ELEMENTS = 1 << 20;
/** absl's code CANCELLED. */
const CANCELLED = 1;

export interface ReduceOptions {
  /** Elements that are reduced as one message; 0 reduces each tensor on its own. */
  readonly bucketElements?: number;
}

/**
 * Every worker calls the same operations in the same order, with tensors of the same shapes and types: others are
 * INVALID_ARGUMENT. A worker that dies is PEER_LOST on the others within seconds (in a blocking call, which keeps the process
 * from noticing, PEER_TIMEOUT), one that does not come PEER_TIMEOUT; after either no collective of this process works
 * any more, while everything else does. One captured step with collectives runs at a time. No gradient flows through
 * them.
 */
export class Collective {
  readonly #keys = new InstanceKeys();

  constructor(
    private readonly runtime: Runtime,
    private readonly cluster: ClusterOptions,
  ) {
    const { native, context } = runtime.parts;
    if (cluster.addresses.length > 1) new PeerWatch(native, context, cluster).start();
  }

  /** Number of workers. */
  get size(): number {
    return this.cluster.addresses.length;
  }

  /** Which worker this is, from 0. */
  get rank(): number {
    return this.cluster.taskIndex;
  }

  /** Sums of float32 or int32 tensors over all workers; the same bytes on each. */
  allReduceSum(tensors: readonly Tensor[], options: ReduceOptions = {}): Tensor[] {
    return this.#reduce('sum', tensors, options);
  }

  /** Means of float32 tensors over all workers; the same bytes on each. */
  allReduceMean(tensors: readonly Tensor[], options: ReduceOptions = {}): Tensor[] {
    const other = tensors.find(({ dtype }) => dtype !== 'float32');
    if (other)
      throw new EngineError('INVALID_ARGUMENT', `a mean over workers is float32, not ${other.dtype}`);
    return this.#reduce('mean', tensors, options);
  }

  /** The tensors of worker `root` on every worker; those of the others say the shapes and types only. */
  broadcast(tensors: readonly Tensor[], root = 0): Tensor[] {
    if (!Number.isInteger(root) || root < 0 || root >= this.size)
      throw new EngineError('INVALID_ARGUMENT', `there is no worker ${root} among ${this.size}`);
    if (this.size === 1) return tensors.map((tensor) => tensor.clone());
    const { tf } = this.runtime;
    return tensors.map((tensor) => tf.tidy(() => this.#broadcast(tensor, root)));
  }

  /**
   * Ends the collectives that wait and all later ones, on this worker, with CANCELLED. For one that runs, use the signal
   * of `runAsync`.
   */
  abort(reason: string): void {
    const { native, context } = this.runtime.parts;
    abortCollectives(native, context, CANCELLED, reason);
  }

  #reduce(
    kind: 'sum' | 'mean',
    tensors: readonly Tensor[],
    { bucketElements = BUCKET_ELEMENTS }: ReduceOptions,
  ): Tensor[] {
    const { tf } = this.runtime;
    if (this.size === 1) return tensors.map((tensor) => tensor.clone());
    const results = new Map<number, Tensor>();
    for (const indexes of bucketsOf(tensors, bucketElements)) {
      const parts = indexes.flatMap((index) => tensors.slice(index, index + 1));
      const reduced = tf.tidy(() => {
        const [only] = parts;
        if (parts.length === 1 && only) return [this.#allReduce(kind, only)];
        const flat = this.#allReduce(kind, tf.concat(parts.map((part) => part.flatten())));
        const pieces = tf.split(
          flat,
          parts.map(({ size }) => size),
        );
        return pieces.map((piece, at) => piece.reshape(parts[at]?.shape ?? []));
      });
      reduced.forEach((tensor, at) => results.set(indexes[at] ?? -1, tensor));
    }
    return tensors.map((tensor, index) => results.get(index) ?? tensor);
  }

  #allReduce(kind: 'sum' | 'mean', tensor: Tensor): Tensor {
    const { runtime } = this;
    const attributes = [
      runtime.typeAttribute('T', tensor.dtype),
      stringAttribute('merge_op', 'Add'),
      stringAttribute('final_op', kind === 'mean' ? 'Div' : 'Id'),
      ...this.#attributes(),
      intsAttribute('Nordering_token', 0),
      intsAttribute('max_subdivs_per_device', -1), // TensorFlow's choice.
    ];
    const key = this.#key({ kind, dtype: tensor.dtype, shape: tensor.shape, root: -1 });
    return runtime.run('CollectiveReduceV2', attributes, [tensor, ...this.#group(key)]);
  }

  #broadcast(tensor: Tensor, root: number): Tensor {
    const { runtime, rank } = this;
    const { dtype, shape } = tensor;
    const attributes = [runtime.typeAttribute('T', dtype), ...this.#attributes()];
    const numbers = this.#group(this.#key({ kind: 'broadcast', dtype, shape, root }));
    if (rank === root) return runtime.run('CollectiveBcastSendV2', attributes, [tensor, ...numbers]);
    const receive = [...attributes, runtime.typeAttribute('Tshape', 'int32')];
    const dims = runtime.tf.tensor1d([...shape], 'int32');
    return runtime.run('CollectiveBcastRecvV2', receive, [...numbers, dims]);
  }

  #attributes() {
    const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = this.cluster;
    return [stringAttribute('communication_hint', 'auto'), floatAttribute('timeout_seconds', timeoutSeconds)];
  }

  #key(operation: Operation): number {
    return this.#keys.next(this.runtime.binding.capture, operation);
  }

  /** Group size, group key and instance key. */
  #group(key: number): Tensor[] {
    return [this.size, GROUP, key].map((number) => this.runtime.tf.scalar(number, 'int32'));
  }
}
