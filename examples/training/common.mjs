// What the examples share: how an epoch is printed, and the digits.
import { readFileSync } from 'node:fs';
import { arrayData } from '@gradstream/training';

/** Prints an epoch's loss and metrics, over the training data and the validation data. */
export function showEpoch({ epoch, metrics }) {
  const entries = Object.entries(metrics).filter(([name]) => !name.startsWith('val'));
  const parts = entries.map(([name, value]) => {
    const validated = metrics[`val${name[0].toUpperCase()}${name.slice(1)}`];
    return `${name} ${value.toFixed(4)}${validated === undefined ? '' : ` (validation ${validated.toFixed(4)})`}`;
  });
  console.log(`epoch ${String(epoch).padStart(2)}  ${parts.join('  ')}`);
}

/** The 1,797 digits of ../digits with pixels from 0 to 1, every fifth one for validation. */
export function readDigits(shape) {
  const text = readFileSync(new URL('../digits/digits.csv', import.meta.url), 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  const dataOf = (some) =>
    arrayData({
      inputs: {
        values: Float32Array.from(some.flatMap((row) => row.slice(0, 64).map((p) => p / 16))),
        shape,
      },
      targets: { values: Int32Array.from(some, (row) => row[64]), shape: [] },
    });
  return {
    train: dataOf(rows.filter((_, i) => i % 5 > 0)),
    validation: dataOf(rows.filter((_, i) => i % 5 === 0)),
  };
}
