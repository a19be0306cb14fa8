// How samples get into a step: gathered on the host and uploaded, or, where all of them fit into the engine's memory, kept
// there and gathered by one op a tensor and call. (Within the step it would be an op as well; but XLA's is slow.)

import type { Engine, Tensor } from '@gradstream/engine';
import type { ModelGraph } from '@gradstream/models';
import type { TrainingData } from './data.js';
import { layoutOf, tensorsOf, typedFor, upload, type InputLayout } from './upload.js';

/** Most bytes of a dataset that are kept in the engine. */
const MOST_RESIDENT_BYTES = 512 * 2 ** 20;

/** The samples of steps. */
export interface Feed {
  readonly layout: InputLayout;
  /** The first inputs of a step for samples at positions; of `calls` steps of as many samples each. The caller disposes them. */
  readonly prepare: (positions: Uint32Array, calls: number) => Tensor[];
  readonly dispose: () => void;
}

/** Batches that are uploaded one by one. */
const hostFeed = (gs: Engine, graph: ModelGraph, data: TrainingData): Feed => ({
  layout: layoutOf(data.take(Uint32Array.of(0))),
  prepare: (positions, calls) => upload(gs, graph, data.take(positions), calls),
  dispose: () => undefined,
});

/** All samples as tensors, uploaded once. */
function residentFeed({ tf }: Engine, all: readonly Tensor[], layout: InputLayout): Feed {
  for (const tensor of all) tf.keep(tensor);
  return {
    layout,
    prepare: (positions, calls) => {
      const shape = calls === 1 ? [positions.length] : [calls, positions.length / calls];
      const indices = tf.tensor(Int32Array.from(positions), shape, 'int32') as Tensor & { rank: 1 };
      const gathered = all.map((tensor) => tf.gather(tensor, indices));
      indices.dispose();
      return gathered;
    },
    dispose: () => {
      tf.dispose([...all]);
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
  if (!arrays || bytes > MOST_RESIDENT_BYTES) return hostFeed(gs, graph, data);
  return residentFeed(gs, tensorsOf(gs, typedFor(graph, arrays), [data.count]), layoutOf(arrays));
}
