// The backward pass of a fused LSTM, step by step: LSTMBlockCellGrad for the gates, one product for the state before.
// The products for the weights are made for some steps together, and run beside the chain of steps where TensorFlow has
// a second thread for ops. BlockLSTMGradV2 does all of it in one chain on one thread, and is slower for large states.

import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { boolAttribute, type Runtime } from '../backend/runtime.js';
import { floatType, NHWC } from './attributes.js';

/** Steps whose products for the weights are made together. */
const CHUNK = 16;
/** Gates as BlockLSTMV2 has them, and the places of LSTMBlockCell's: input, cell, forget, output. */
const TO_CELL_ORDER = [0, 2, 1, 3];

interface Saved {
  readonly x: Tensor;
  readonly cell: Tensor;
  readonly start: Tensor;
  readonly kernel: Tensor;
  readonly recurrent: Tensor;
  /** What BlockLSTMV2 returned, each [steps, batch, units]. */
  readonly i: Tensor;
  readonly cells: Tensor;
  readonly f: Tensor;
  readonly o: Tensor;
  readonly ci: Tensor;
  readonly co: Tensor;
  readonly hidden: Tensor;
}

/** Gradients of everything that a fused LSTM takes, from those of its cell and hidden states [steps, batch, units]. */
export function stepwiseGradient(runtime: Runtime, dy: { cells: Tensor; hidden: Tensor }, saved: Saved) {
  const { tf } = runtime;
  const T = floatType(runtime);
  const attributes = [boolAttribute('use_peephole', false), T];
  const [units] = saved.recurrent.shape as [number];
  const reordered = (x: Tensor): Tensor => {
    const gates = tf.split(x, 4, -1);
    return tf.concat(
      TO_CELL_ORDER.flatMap((gate) => gates.slice(gate, gate + 1)),
      -1,
    );
  };
  const before = (states: Tensor, first: Tensor): Tensor[] => [first, ...tf.unstack(states).slice(0, -1)];
  const [xs, cellBefore, hiddenBefore] = [
    tf.unstack(saved.x),
    before(saved.cells, saved.cell),
    before(saved.hidden, saved.start),
  ];
  const states = [saved.i, saved.cells, saved.f, saved.o, saved.ci, saved.co].map((all) => tf.unstack(all));
  const [dCells, dHiddens] = [tf.unstack(dy.cells), tf.unstack(dy.hidden)];
  const recurrent = reordered(saved.recurrent) as Tensor2D;
  // The op checks the shapes of weights, peepholes and bias, and uses none of them.
  const weights = tf.concat([saved.kernel, saved.recurrent], 0);
  const unused = [weights, ...[0, 1, 2].map(() => tf.fill([units], 0)), tf.fill([4 * units], 0)];
  const at = (tensors: readonly Tensor[], step: number): Tensor => tensors[step] ?? saved.start;

  const chunks: Tensor2D[] = [];
  let slopes: Tensor[] = [];
  let dCell = tf.zerosLike(saved.cell);
  let dHidden = tf.zerosLike(saved.start);
  for (let step = xs.length - 1; step >= 0; step--) {
    const inputs = [at(xs, step), at(cellBefore, step), at(hiddenBefore, step), ...unused];
    const gradients = [dCell.add(at(dCells, step)), dHidden.add(at(dHiddens, step))];
    const all = [...inputs, ...states.map((state) => at(state, step)), ...gradients];
    const [dBefore, slope] = runtime.runMany('LSTMBlockCellGrad', attributes, all, 5) as [Tensor, Tensor2D];
    slopes.unshift(slope);
    dHidden = tf.matMul(slope, recurrent, false, true);
    dCell = dBefore;
    if (step % CHUNK === 0) {
      chunks.unshift(tf.concat(slopes, 0) as Tensor2D);
      slopes = [];
    }
  }
  /** The sum over the chunks of what a function makes of a chunk's rows of values and their slopes. */
  const summed = (values: readonly Tensor[], product: (rows: Tensor2D, slope: Tensor2D) => Tensor): Tensor =>
    reordered(
      tf.addN(
        chunks.map((slope, index) =>
          product(tf.concat(values.slice(index * CHUNK, (index + 1) * CHUNK), 0) as Tensor2D, slope),
        ),
      ),
    );
  const transposed = (rows: Tensor2D, slope: Tensor2D): Tensor => tf.matMul(rows, slope, true, false);
  return {
    x: () => {
      const kernel = reordered(saved.kernel) as Tensor2D;
      return tf
        .concat(
          chunks.map((slope) => tf.matMul(slope, kernel, false, true)),
          0,
        )
        .reshape(saved.x.shape);
    },
    cell: () => dCell,
    start: () => dHidden,
    kernel: () => summed(xs, transposed),
    recurrent: () => summed(hiddenBefore, transposed),
    bias: () => summed(xs, (_, slope) => runtime.run('BiasAddGrad', [T, NHWC], [slope])),
  };
}
