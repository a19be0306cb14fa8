// LSTM by BlockLSTMV2, which runs a whole sequence in one op, and its gradient op. XLA has no kernel for either.

import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { boolAttribute, floatAttribute, type Runtime } from '../backend/runtime.js';
import { floatType } from './attributes.js';
import { defineKernel } from './kernels.js';
import { stepwiseGradient } from './lstmSteps.js';
import type { Recurrence } from './recurrence.js';

/** What BlockLSTMV2 returns for every step: gates, cell states before and after tanh, hidden states. */
const OUTPUTS = ['i', 'cells', 'f', 'o', 'ci', 'co', 'hidden'] as const;
/** Multiplications of a step from which on the backward pass is faster step by step (measured on two cores). */
const LARGE_STEP = 2 ** 20;
/** Gradients of x, both states, the weights, three peepholes, the bias. */
const GRADIENTS = 8;

export function fusedLstm(runtime: Runtime): Recurrence {
  const { tf } = runtime;
  const noPeephole = boolAttribute('use_peephole', false);
  const attributes = [floatAttribute('cell_clip', 0), noPeephole, floatType(runtime)];
  const gradientAttributes = [noPeephole, floatType(runtime)];
  const peepholes = (units: number): Tensor[] => [0, 1, 2].map(() => tf.fill([units], 0));
  const sizeOf = ({ shape: [size = 0] }: Tensor): number => size;

  const workOfStep = ({ x, recurrent }: { x: Tensor; recurrent: Tensor }): number =>
    (x.shape[1] ?? 0) * ((x.shape[2] ?? 0) + sizeOf(recurrent)) * 4 * sizeOf(recurrent);

  const block = defineKernel(runtime, 'BlockLstm', {
    inputs: ['x', 'cell', 'start', 'kernel', 'recurrent', 'bias'],
    outputs: OUTPUTS,
    saved: ['x', 'cell', 'start', 'kernel', 'recurrent', 'bias', ...OUTPUTS],
    forward: ({ x, cell, start, kernel, recurrent, bias }) => {
      const weights = tf.concat([kernel, recurrent], 0);
      const inputs = [x, cell, start, weights, ...peepholes(sizeOf(recurrent)), bias];
      return runtime.runOnSequence('BlockLSTMV2', attributes, sizeOf(x), inputs, OUTPUTS.length);
    },
    gradient: (dy, saved) => {
      if (workOfStep(saved) >= LARGE_STEP) return stepwiseGradient(runtime, dy, saved);
      const { x, cell, start, kernel, recurrent, bias, ...outputs } = saved;
      const weights = tf.concat([kernel, recurrent], 0);
      const inputs = [x, cell, start, weights, ...peepholes(sizeOf(recurrent)), bias];
      const all = [...inputs, ...OUTPUTS.map((name) => outputs[name]), dy.cells, dy.hidden];
      const op = 'BlockLSTMGradV2';
      const results = runtime.runOnSequence(op, gradientAttributes, sizeOf(x), all, GRADIENTS);
      const [dx, dCell, dStart, dWeights, , , , dBias] = results as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        ...Tensor[],
      ];
      const features = sizeOf(kernel);
      return {
        x: () => dx,
        cell: () => dCell,
        start: () => dStart,
        kernel: () => dWeights.slice([0, 0], [features, -1]),
        recurrent: () => dWeights.slice([features, 0], [-1, -1]),
        bias: () => dBias as Tensor,
      };
    },
  });

  return (x, { kernel, recurrentKernel, bias }, { hidden, cell }) => {
    const inputs = { x, cell, start: hidden, kernel, recurrent: recurrentKernel, bias };
    const outputs = block(inputs, {});
    const last = (sequence: Tensor): Tensor2D => sequence.slice([sizeOf(x) - 1], [1]).reshape(hidden.shape);
    const { hidden: all, cells } = outputs;
    return { hidden: all, cells, state: { hidden: last(all), cell: last(cells) } };
  };
}
