// How samples get into a step: uploaded batch by batch, or, where all of them fit into the engine's memory, kept there and
// gathered within the step, which then takes their positions alone.

import type { Engine, Tensor, Variable } from '@gradstream/engine';
import type { ModelGraph } from '@gradstream/models';
import type { ArrayList, TrainingData } from './data.js';
import { layoutOf, splitInputs, tensorsOf, typedFor, upload, type StepInputs } from './upload.js';

/** Most bytes of a dataset that are kept in the engine. */
const MOST_RESIDENT_BYTES = 512 * 2 ** 20;

/** The samples of steps. */
export interface Feed {
  /** Tells feeds apart for which a step has to be captured anew. */
  readonly key: string;
  /** The first inputs of a step for samples at positions; of `calls` steps of as many samples each. The caller disposes them. */
  readonly prepare: (positions: Uint32Array, calls: number) => Tensor[];
  /** Within a step: what its inputs stand for, and the inputs that follow them. */
  readonly split: (tensors: readonly Tensor[]) => StepInputs;
  readonly dispose: () => void;
}

/** Batches that are uploaded one by one. */
function hostFeed(gs: Engine, graph: ModelGraph, data: TrainingData): Feed {
  const layout = layoutOf(data.take(Uint32Array.of(0)));
  return {
    key: JSON.stringify(layout),
    prepare: (positions, calls) => upload(gs, graph, data.take(positions), calls),
    split: (tensors) => splitInputs(tensors, layout),
    dispose: () => undefined,
  };
}

let feeds = 0;

/** All samples as variables, uploaded once. */
function residentFeed(gs: Engine, graph: ModelGraph, data: TrainingData, arrays: ArrayList): Feed {
  const layout = layoutOf(arrays);
  const variables = gs.tf.tidy((): Variable[] =>
    tensorsOf(gs, typedFor(graph, arrays), [data.count]).map((tensor) => gs.variable(tensor, false)),
  );
  return {
    key: `resident ${feeds++}`,
    prepare: (positions, calls) => {
      const size = positions.length / calls;
      const indices = Int32Array.from(positions);
      return [gs.tf.tensor(indices, calls === 1 ? [size] : [calls, size], 'int32')];
    },
    split: ([positions, ...rest]) => {
      if (!positions) throw new Error('a step has the positions of its samples');
      const gathered = variables.map((variable) => gs.tf.gather(variable, positions as Tensor & { rank: 1 }));
      return { ...splitInputs(gathered, layout), rest };
    },
    dispose: () => {
      gs.tf.dispose(variables);
    },
  };
}

/** The feed of a dataset; the caller disposes it. */
export function feedOf(gs: Engine, graph: ModelGraph, data: TrainingData): Feed {
  const { arrays } = data;
  const all = arrays
    ? [...arrays.inputs, ...arrays.targets, ...arrays.weights.filter((one) => one !== null)]
    : [];
  const bytes = all.reduce((sum, { values }) => sum + values.byteLength, 0);
  return arrays && bytes <= MOST_RESIDENT_BYTES
    ? residentFeed(gs, graph, data, arrays)
    : hostFeed(gs, graph, data);
}
