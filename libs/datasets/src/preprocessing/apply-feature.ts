// Turns the values of one column into numbers for the network.

import type { FittedFeature } from '@gradstream/contracts';
import { quoted } from '../readers/problems.js';
import type { ColumnValues } from './column-values.js';
import { textsOf } from './fit-feature.js';
import { labelsOf } from './labels.js';
import { numbersOf } from './numbers.js';
import { resizeBilinear } from './resize.js';
import { FIRST_ID, putIds } from './tokenize.js';
import { widthOf } from './width.js';

/** Where the numbers of a column go: row r at r · stride + offset. */
export interface Target {
  readonly out: Float32Array | Int32Array;
  readonly stride: number;
  readonly offset: number;
}

type FittedOf<K extends FittedFeature['kind']> = Extract<FittedFeature, { kind: K }>;
const MISSING = 'the value is missing';

function applyNumeric(
  { fill, offset, factor }: FittedOf<'numeric'>,
  column: ColumnValues,
  target: Target,
): void {
  const numbers = numbersOf(column);
  for (let row = 0; row < column.rows; row++) {
    const found = numbers[row] ?? NaN;
    const value = Number.isNaN(found) ? fill : found;
    if (value === null) throw column.fail(row, MISSING);
    target.out[row * target.stride + target.offset] = (value - offset) * factor;
  }
}

/** Keeps what was made for an object as long as that lives: batches come by the thousand, features stay. */
function keep<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

const placesOf = keep((names: readonly string[]) => new Map(names.map((name, index) => [name, index])));

/** For fitted categories, a function from a column's names to the place of each; -1 for one that was not fitted. */
const indexesBy = keep((categories: readonly string[]) => {
  const places = placesOf(categories);
  return keep((names: readonly string[]) => Int32Array.from(names, (name) => places.get(name) ?? -1));
});

/** The index of each row's category; -1 for one that was not fitted. */
function categoryIndexes(
  { fill, categories }: FittedOf<'oneHot'> | FittedOf<'label'>,
  column: ColumnValues,
  unknown: 'zeros' | 'refuse',
): Int32Array {
  const { names, codes } = labelsOf(column);
  const indexes = indexesBy(categories)(names);
  const filled = fill === null ? null : (placesOf(categories).get(fill) ?? -1);
  return codes.map((code, row) => {
    const index = code < 0 ? filled : (indexes[code] ?? -1);
    if (index === null) throw column.fail(row, MISSING);
    if (index === -1 && unknown === 'refuse')
      throw column.fail(
        row,
        `${quoted(names[code] ?? '')} is none of the ${categories.length} categories that were fitted`,
      );
    return index;
  });
}

function applyLabel(feature: FittedOf<'label'>, column: ColumnValues, { out, stride, offset }: Target): void {
  categoryIndexes(feature, column, 'refuse').forEach((index, row) => {
    out[row * stride + offset] = index;
  });
}

function applyOneHot(
  feature: FittedOf<'oneHot'>,
  column: ColumnValues,
  { out, stride, offset }: Target,
): void {
  categoryIndexes(feature, column, feature.unknown).forEach((index, row) => {
    if (index >= 0) out[row * stride + offset + index] = 1;
  });
}

const idsOf = keep(
  (vocabulary: readonly string[]) => new Map(vocabulary.map((word, index) => [word, index + FIRST_ID])),
);

function applyTokens(
  feature: FittedOf<'tokens'>,
  column: ColumnValues,
  { out, stride, offset }: Target,
): void {
  const ids = idsOf(feature.vocabulary);
  textsOf(column).forEach((text, row) => {
    const given = text ?? feature.fill;
    if (given === null) throw column.fail(row, MISSING);
    putIds(given, feature, ids, out, row * stride + offset);
  });
}

function applyImage(feature: FittedOf<'image'>, column: ColumnValues, { out, stride, offset }: Target): void {
  const [height, width, channels] = feature.stored;
  const [size, length] = [height * width * channels, widthOf(feature)];
  for (let row = 0; row < column.rows; row++) {
    const pixels = column.values.subarray(row * size, (row + 1) * size);
    const at = row * stride + offset;
    if (height === feature.height && width === feature.width) out.set(pixels, at);
    else resizeBilinear(pixels, { height, width, channels }, feature, out, at);
    for (let place = at; place < at + length; place++)
      out[place] = ((out[place] ?? 0) - feature.offset) * feature.factor;
  }
}

function applyArray(feature: FittedOf<'array'>, column: ColumnValues, { out, stride, offset }: Target): void {
  const size = widthOf(feature);
  for (let row = 0; row < column.rows; row++)
    for (let at = 0; at < size; at++) {
      const value = column.values[row * size + at] ?? 0;
      out[row * stride + offset + at] = (value - (feature.offset[at] ?? 0)) * (feature.factor[at] ?? 1);
    }
}

/** Writes a feature of all rows. `out` holds zeros where it goes. Throws what the column's `fail` makes. */
export function applyFeature(feature: FittedFeature, column: ColumnValues, target: Target): void {
  switch (feature.kind) {
    case 'numeric':
      applyNumeric(feature, column, target);
      return;
    case 'label':
      applyLabel(feature, column, target);
      return;
    case 'oneHot':
      applyOneHot(feature, column, target);
      return;
    case 'tokens':
      applyTokens(feature, column, target);
      return;
    case 'image':
      applyImage(feature, column, target);
      return;
    case 'array':
      applyArray(feature, column, target);
  }
}

/** Whether a feature is missing in a row, and the row is to be left out of training for it. */
export function missingRows(feature: FittedFeature, column: ColumnValues): (row: number) => boolean {
  if (feature.kind === 'image' || feature.kind === 'array' || !feature.dropped) return () => false;
  if (feature.kind === 'tokens') {
    const texts = textsOf(column);
    return (row) => texts[row] === null;
  }
  if (column.categories !== null) return (row) => (column.values[row] ?? -1) < 0;
  const numbers = numbersOf(column);
  return (row) => Number.isNaN(numbers[row] ?? NaN);
}
