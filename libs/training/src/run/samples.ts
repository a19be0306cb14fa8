// Rows of a stored dataset as the loop reads them: made once and held, or made for each batch.

import type { Preprocessing } from '@gradstream/contracts';
import { preprocessBatch, type ShardedDataset, type Tensor } from '@gradstream/datasets';
import { arrayData, type HostArray, type TrainingData } from '../fit/data.js';
import { toForm, type TargetForm } from './targets.js';

/** Rows that are preprocessed at a time. */
const ROWS = 4096;

export interface SampleForm {
  /** Of one sample, of each input of the model: columns are laid out row by row. */
  readonly inputShapes: readonly (readonly number[])[];
  readonly preprocessing: Preprocessing;
  /** Of each output, in their order. */
  readonly targets: readonly {
    readonly form: TargetForm;
    /** How many there are; 0 without classes. */
    readonly classes: number;
  }[];
}

interface Arrays {
  readonly inputs: readonly HostArray[];
  readonly targets: readonly HostArray[];
}

/** The rows at some positions of the dataset. */
function batchOf(
  dataset: ShardedDataset,
  positions: Uint32Array,
  { inputShapes, preprocessing, targets: forms }: SampleForm,
): Arrays {
  const { inputs: made, targets: fitted } = preprocessBatch(preprocessing, dataset, positions);
  const inputs = made.map(({ values, shape }, at) => ({ values, shape: inputShapes[at] ?? shape }));
  const targets = forms.flatMap(({ form, classes }, at) => {
    const target = fitted[at];
    return target ? [toForm(target, form, classes)] : [];
  });
  return { inputs, targets };
}

/** Parts of a tensor, one below the other. */
function join(parts: readonly HostArray[]): HostArray {
  const [first] = parts;
  if (first === undefined) return { values: new Float32Array(0), shape: [] };
  const length = parts.reduce((sum, { values }) => sum + values.length, 0);
  const values: Tensor['values'] =
    first.values instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { values, shape: first.shape };
}

/** Some rows of a dataset. Held rows take the memory of all of them at once, preprocessed. */
export function samplesOf(
  dataset: ShardedDataset,
  rows: Uint32Array,
  form: SampleForm,
  held: boolean,
): TrainingData {
  if (!held)
    return {
      count: rows.length,
      take: (positions) => {
        const batch = batchOf(
          dataset,
          Uint32Array.from(positions, (at) => rows[at] ?? 0),
          form,
        );
        return { count: positions.length, ...batch, weights: [] };
      },
    };
  const batches: Arrays[] = [];
  for (let from = 0; from < rows.length; from += ROWS)
    batches.push(batchOf(dataset, rows.subarray(from, from + ROWS), form));
  const joined = (name: keyof Arrays): HostArray[] =>
    (batches[0]?.[name] ?? []).map((_, place) =>
      join(batches.flatMap((batch) => batch[name].slice(place, place + 1))),
    );
  return arrayData({ inputs: joined('inputs'), targets: joined('targets') });
}
