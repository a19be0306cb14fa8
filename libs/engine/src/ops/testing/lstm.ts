// An LSTM in plain float64 arithmetic, by the equations of Keras's LSTMCell.

import type { Values } from './check.js';
import { at, range, sigmoid, sum } from './reference.js';

export interface LstmShape {
  readonly batch: number;
  readonly steps: number;
  readonly features: number;
  readonly units: number;
}

interface Weights {
  readonly kernel: Values;
  readonly recurrent: Values;
  readonly bias: Values;
}

/** Hidden and cell states [batch, steps, units], and the last ones of both [batch, units]. */
export function lstmReference(
  { batch, steps, features, units }: LstmShape,
  x: Values,
  { kernel, recurrent, bias }: Weights,
  start: { readonly hidden: Values; readonly cell: Values },
): { sequence: number[]; cells: number[]; hidden: number[]; cell: number[] } {
  const width = 4 * units;
  const sequences: number[] = [];
  const cells: number[] = [];
  const last: { hidden: number[]; cell: number[] } = { hidden: [], cell: [] };
  for (const sample of range(batch)) {
    let hidden = start.hidden.slice(sample * units, (sample + 1) * units);
    let cell = start.cell.slice(sample * units, (sample + 1) * units);
    for (const step of range(steps)) {
      const input = range(features).map((feature) => at(x, (sample * steps + step) * features + feature));
      const gates = range(width).map(
        (gate) =>
          at(bias, gate) +
          sum(input.map((value, feature) => value * at(kernel, feature * width + gate))) +
          sum(hidden.map((value, unit) => value * at(recurrent, unit * width + gate))),
      );
      const gate = (block: number, unit: number): number => at(gates, block * units + unit);
      cell = range(units).map(
        (unit) => sigmoid(gate(1, unit)) * at(cell, unit) + sigmoid(gate(0, unit)) * Math.tanh(gate(2, unit)),
      );
      hidden = range(units).map((unit) => sigmoid(gate(3, unit)) * Math.tanh(at(cell, unit)));
      sequences.push(...hidden);
      cells.push(...cell);
    }
    last.hidden.push(...hidden);
    last.cell.push(...cell);
  }
  return { sequence: sequences, cells, ...last };
}
