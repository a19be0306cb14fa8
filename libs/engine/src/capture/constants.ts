// Host tensors that a captured step uses become constants of its graph.

import { EngineError } from '../errors.js';
import { typeAttribute } from '../native/attributes.js';
import type { Pointer } from '../native/capi.js';
import { DataType, elementCount } from '../native/dataTypes.js';
import type { EagerContext } from '../native/eager.js';
import { newHostTensor, readHostTensor } from '../native/hostTensor.js';
import type { Native } from '../native/native.js';
import type { EagerTensor } from '../native/variable.js';
import type { CaptureGraph } from './graph.js';
import type { GraphValue } from './values.js';

/** Host tensors of up to this many elements may become constants. */
const SMALL_CONSTANT = 64;

/** The constants of one graph, each made once. */
export class Constants {
  readonly #made = new Map<EagerTensor, GraphValue>();

  constructor(
    private readonly native: Native,
    private readonly context: EagerContext,
    private readonly graph: CaptureGraph,
  ) {}

  /**
   * The constant for an eager tensor. Large ones are refused with LARGE_CONSTANT, for they are data that would be
   * frozen; what repeats one element may be of any size, because tfjs makes zeros and ones on the host.
   */
  of(tensor: EagerTensor): GraphValue {
    const known = this.#made.get(tensor);
    if (known) return known;
    const made = this.context.withHostCopy(tensor, (copy) => this.#make(copy, tensor));
    this.#made.set(tensor, made);
    return made;
  }

  #make(copy: Pointer, { shape, dtype }: EagerTensor): GraphValue {
    if (elementCount(shape) <= SMALL_CONSTANT) return this.graph.constant(copy);
    const values = readHostTensor(this.native, copy);
    if (
      dtype !== DataType.TF_COMPLEX64 &&
      !Array.isArray(values) &&
      values.every((value) => Object.is(value, values[0]))
    ) {
      const typed = values as Exclude<typeof values, readonly Uint8Array[]>;
      return this.#fill(typed.slice(0, 1), shape, dtype);
    }
    const message = `a host tensor of shape [${shape.join(', ')}] would be frozen into the captured step: pass it as an input or a variable`;
    throw new EngineError('LARGE_CONSTANT', message, { layer: this.graph.scope });
  }

  /** A tensor that repeats one element. */
  #fill(element: Parameters<typeof newHostTensor>[3], shape: readonly number[], dtype: number): GraphValue {
    const dims = newHostTensor(this.native, [shape.length], DataType.TF_INT32, Int32Array.from(shape));
    const value = newHostTensor(this.native, [], dtype, element);
    try {
      const attributes = [typeAttribute('T', dtype), typeAttribute('index_type', DataType.TF_INT32)];
      const inputs = [this.graph.constant(dims), this.graph.constant(value)];
      const [filled] = this.graph.op('Fill', attributes, inputs, 1);
      if (!filled) throw new Error('Fill has one output');
      return filled;
    } finally {
      this.native.api.TF_DeleteTensor(dims);
      this.native.api.TF_DeleteTensor(value);
    }
  }
}
