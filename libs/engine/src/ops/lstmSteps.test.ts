// The backward pass step by step against that of the plain form, which is checked against float64 and Keras.

import { expect, test } from '@jest/globals';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { useEngine, wave } from '../testing.js';

const engine = useEngine();

test('a large LSTM has the gradients of the plain form', () => {
  const { tf, ops } = engine();
  const [batch, steps, features, units] = [32, 19, 16, 96]; // 1.4 million multiplications a step; no whole chunks.
  const tensor = (shape: number[], phase: number) =>
    tf
      .tensor(
        wave(
          shape.reduce((a, b) => a * b, 1),
          phase,
        ),
        shape,
      )
      .mul(0.2);
  const inputs = [
    tensor([batch, steps, features], 1),
    tensor([features, 4 * units], 2),
    tensor([units, 4 * units], 3),
    tensor([4 * units], 4),
    tensor([batch, units], 5),
    tensor([batch, units], 6),
  ];
  const weight = tensor([batch, steps, units], 7);
  const gradients = (unrolled: boolean) => {
    const loss = (...[x, kernel, recurrentKernel, bias, hidden, cell]: typeof inputs) => {
      if (!x || !kernel || !recurrentKernel || !bias || !hidden || !cell) throw new Error('six inputs');
      const { sequence, state } = ops.lstm(
        x as Tensor3D,
        {
          kernel: kernel as Tensor2D,
          recurrentKernel: recurrentKernel as Tensor2D,
          bias: bias as Tensor1D,
        },
        { state: { hidden: hidden as Tensor2D, cell: cell as Tensor2D }, unrolled },
      );
      return sequence.mul(weight).sum().add(state.cell.square().sum());
    };
    return tf
      .grads(loss)(inputs)
      .map((gradient) => Array.from(gradient.dataSync()));
  };
  const [stepwise, plain] = [gradients(false), gradients(true)];
  stepwise.forEach((values, index) => {
    const wanted = plain[index] ?? [];
    const scale = Math.max(...wanted.map(Math.abs));
    expect(scale).toBeGreaterThan(0);
    expect(Math.max(...values.map((value, at) => Math.abs(value - (wanted[at] ?? Number.NaN))))).toBeLessThan(
      2e-5 * scale,
    );
  });
});
