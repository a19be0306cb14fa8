// The outputs of a loop's rounds, gathered in TensorFlow's lists: a list is written in place, so that a round costs what
// its own outputs cost, however many rounds there are.

import { typeAttribute } from '../native/attributes.js';
import { AttributeKind, DataType } from '../native/dataTypes.js';
import type { OutputSpec } from '../native/functions.js';
import type { Capture } from './capture.js';
import type { GraphValue } from './values.js';

/** Handles of the lists of outputs like these, of `count` elements each, as values of the present graph. */
export class OutputLists {
  constructor(
    private readonly capture: Capture,
    private readonly outputs: readonly OutputSpec[],
    private readonly count: number,
  ) {}

  /** Lists without values yet. */
  reserved(): GraphValue[] {
    const { capture, count } = this;
    return this.outputs.map(({ shape, dtype }) => {
      const types = [typeAttribute('element_dtype', dtype), typeAttribute('shape_type', DataType.TF_INT32)];
      return only(capture.op('TensorListReserve', types, [capture.int32(shape), capture.int32(count)], 1));
    });
  }

  /** The lists with the outputs of a round. */
  with(lists: readonly GraphValue[], round: GraphValue, items: readonly GraphValue[]): GraphValue[] {
    return this.outputs.map(({ dtype }, at) => {
      const inputs = [lists[at], round, items[at]].filter((value) => value !== undefined);
      return only(this.capture.op('TensorListSetItem', [typeAttribute('element_dtype', dtype)], inputs, 1));
    });
  }

  /** Each list as one tensor, [count, ...]. */
  stacked(lists: readonly GraphValue[]): GraphValue[] {
    const { capture, count } = this;
    return lists.map((list, at) => {
      const { shape, dtype } = this.outputs[at] ?? { shape: [], dtype: list.dtype };
      const attributes = [
        typeAttribute('element_dtype', dtype),
        { name: 'num_elements', type: AttributeKind.TF_ATTR_INT, value: count },
      ];
      return only(capture.op('TensorListStack', attributes, [list, capture.int32(shape)], 1));
    });
  }
}

function only([value]: readonly GraphValue[]): GraphValue {
  if (!value) throw new Error('ops on lists have one output');
  return value;
}
