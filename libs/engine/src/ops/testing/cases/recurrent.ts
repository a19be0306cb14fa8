import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Engine } from '../../../engine.js';
import type { GradientCase } from '../check.js';
import { lstmReference } from '../lstm.js';

const SHAPE = { batch: 2, steps: 3, features: 4, units: 2 };
const INPUTS = [
  { shape: [2, 3, 4] },
  { shape: [4, 8] },
  { shape: [2, 8] },
  { shape: [8] },
  { shape: [2, 2] },
  { shape: [2, 2] },
];

function run(engine: Engine, inputs: readonly Tensor[], unrolled: boolean) {
  const [x, kernel, recurrentKernel, bias, hidden, cell] = inputs as [
    Tensor3D,
    Tensor2D,
    Tensor2D,
    Tensor1D,
    Tensor2D,
    Tensor2D,
  ];
  return engine.ops.lstm(x, { kernel, recurrentKernel, bias }, { state: { hidden, cell }, unrolled });
}

const forms = [false, true].flatMap((unrolled): GradientCase[] => [
  {
    name: `the sequence of an LSTM${unrolled ? ', unrolled' : ''}`,
    covers: [unrolled ? 'LstmSequence' : 'BlockLstm'],
    inputs: INPUTS,
    op: (engine, ...inputs) => run(engine, inputs, unrolled).sequence,
    reference: (x, kernel = [], recurrent = [], bias = [], hidden = [], cell = []) =>
      lstmReference(SHAPE, x, { kernel, recurrent, bias }, { hidden, cell }).sequence,
    ...(unrolled ? {} : { composed: (engine, ...inputs) => run(engine, inputs, true).sequence }),
  },
  {
    name: `the cell states of an LSTM${unrolled ? ', unrolled' : ''}`,
    covers: [unrolled ? 'LstmSequence' : 'BlockLstm'],
    inputs: INPUTS,
    op: (engine, ...inputs) => run(engine, inputs, unrolled).cells,
    reference: (x, kernel = [], recurrent = [], bias = [], hidden = [], cell = []) =>
      lstmReference(SHAPE, x, { kernel, recurrent, bias }, { hidden, cell }).cells,
  },
  {
    name: `the last state of an LSTM${unrolled ? ', unrolled' : ''}`,
    covers: [unrolled ? 'LstmSequence' : 'BlockLstm'],
    inputs: INPUTS,
    op: (engine, ...inputs) => {
      const { hidden, cell } = run(engine, inputs, unrolled).state;
      return engine.tf.stack([hidden, cell]);
    },
    reference: (x, kernel = [], recurrent = [], bias = [], hidden = [], cell = []) => {
      const last = lstmReference(SHAPE, x, { kernel, recurrent, bias }, { hidden, cell });
      return [...last.hidden, ...last.cell];
    },
  },
]);

export const recurrentCases: readonly GradientCase[] = forms;
