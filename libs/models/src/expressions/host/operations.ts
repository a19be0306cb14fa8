// The operations of steps on arrays of float64, written for clarity.

import { sizeOf, type Shape } from '../../layers/layer.js';
import type { Elementwise } from '../program/elementwise.js';
import type { NormalizationOp, ReductionOp } from '../program/steps.js';
import { broadcastStrides, commonShape, offsets, permute, type HostArray } from './array.js';

/** Told of the smooth piece that values lie on, for each choice that an operation makes. */
export type OnPiece = (piece: number) => void;

/** Reads an array as if it were broadcast to a shape. */
function reader(array: HostArray | undefined, shape: Shape, size: number): (index: number) => number {
  if (!array) return () => NaN;
  const { data } = array;
  if (data.length === size) return (index) => data[index] ?? NaN;
  const [first = NaN] = data;
  if (data.length === 1) return () => first;
  const places = offsets(shape, broadcastStrides(array, shape));
  return (index) => data[places[index] ?? 0] ?? NaN;
}

/** A function of one element at a time, on arrays that are broadcast to each other. */
export function mapElements(
  { compute, piece }: Elementwise,
  arrays: readonly HostArray[],
  onPiece: OnPiece | null,
): HostArray {
  const shape = commonShape(arrays);
  const data = new Float64Array(sizeOf(shape));
  const read = (operand: number) => reader(arrays[operand], shape, data.length);
  const [a, b, c] = [read(0), read(1), read(2)];
  for (let index = 0; index < data.length; index += 1) {
    const [first, second, third] = [a(index), b(index), c(index)];
    data[index] = compute(first, second, third);
    if (piece && onPiece) onPiece(piece(first, second, third));
  }
  return { shape, data };
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
const average = (values: Float64Array): number => total(values) / values.length;
/** Of the population, as Keras and NumPy have it by default. */
function populationVariance(values: Float64Array): number {
  const center = average(values);
  return average(values.map((value) => (value - center) ** 2));
}

const reducers: Readonly<Record<ReductionOp, (values: Float64Array) => number>> = {
  sum: total,
  mean: average,
  variance: populationVariance,
  max: (values) => values.reduce((most, value) => Math.max(most, value), -Infinity),
  min: (values) => values.reduce((least, value) => Math.min(least, value), Infinity),
};

/** Each group of values that differ only in their places along some axes. */
function groups(array: HostArray, axes: readonly number[]): { groups: Float64Array[]; outer: number[] } {
  const outer = array.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const { data } = permute(array, [...outer, ...axes]);
  const size = axes.reduce((product, axis) => product * (array.shape[axis] ?? 1), 1);
  const list = Array.from({ length: data.length / size }, (_, index) =>
    data.subarray(index * size, (index + 1) * size),
  );
  return { groups: list, outer };
}

export function reduceAxes(
  op: ReductionOp,
  array: HostArray,
  axes: readonly number[],
  keepdims: boolean,
  onPiece: OnPiece | null,
): HostArray {
  const { groups: list, outer } = groups(array, axes);
  const kept = array.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const shape = keepdims ? kept : outer.map((axis) => array.shape[axis] ?? 1);
  const data = Float64Array.from(list, (values) => {
    const value = reducers[op](values);
    if (onPiece && (op === 'max' || op === 'min')) onPiece(values.indexOf(value));
    return value;
  });
  return { shape, data };
}

const EPSILON = 1e-12; // Of Keras's `UnitNormalization` and `ops.normalize`.

const normalizers: Readonly<Record<NormalizationOp, (values: Float64Array) => Float64Array>> = {
  softmax: (values) => {
    const largest = reducers.max(values);
    const powers = values.map((value) => Math.exp(value - largest));
    const sum = total(powers);
    return powers.map((power) => power / sum);
  },
  logSoftmax: (values) => {
    const largest = reducers.max(values);
    const logarithm = Math.log(total(values.map((value) => Math.exp(value - largest))));
    return values.map((value) => value - largest - logarithm);
  },
  l2Normalize: (values) => {
    const length = Math.sqrt(Math.max(total(values.map((value) => value * value)), EPSILON));
    return values.map((value) => value / length);
  },
};

export function normalizeAxis(op: NormalizationOp, array: HostArray, axis: number): HostArray {
  const { groups: list, outer } = groups(array, [axis]);
  const order = [...outer, axis];
  const shape = order.map((place) => array.shape[place] ?? 1);
  const data = new Float64Array(array.data.length);
  list.forEach((values, index) => {
    data.set(normalizers[op](values), index * values.length);
  });
  const back = order.map((_, place) => order.indexOf(place));
  return permute({ shape, data }, back);
}

/** Products of the matrices in the last two axes. */
export function multiplyMatrices(a: HostArray, b: HostArray): HostArray {
  const [rows = 1, inner = 1] = a.shape.slice(-2);
  const columns = b.shape.at(-1) ?? 1;
  const stackOf = ({ shape }: HostArray): HostArray => ({
    shape: shape.slice(0, -2),
    data: new Float64Array(),
  });
  const stack = commonShape([stackOf(a), stackOf(b)]);
  const starts = (array: HostArray): Int32Array => offsets(stack, broadcastStrides(stackOf(array), stack));
  const [startsA, startsB] = [starts(a), starts(b)];
  const shape = [...stack, rows, columns];
  const data = new Float64Array(sizeOf(shape));
  for (let index = 0; index < data.length; index += 1) {
    const matrix = Math.floor(index / (rows * columns));
    const row = Math.floor(index / columns) % rows;
    const baseA = ((startsA[matrix] ?? 0) * rows + row) * inner;
    const baseB = (startsB[matrix] ?? 0) * inner * columns + (index % columns);
    let sum = 0;
    for (let k = 0; k < inner; k += 1)
      sum += (a.data[baseA + k] ?? NaN) * (b.data[baseB + k * columns] ?? NaN);
    data[index] = sum;
  }
  return { shape, data };
}

export function join(arrays: readonly HostArray[], axis: number): HostArray {
  const [first = { shape: [], data: new Float64Array() }] = arrays;
  const before = sizeOf(first.shape.slice(0, axis));
  const lengths = arrays.map(({ shape }) => shape[axis] ?? 1);
  const sum = lengths.reduce((a, b) => a + b, 0);
  const shape: Shape = first.shape.map((length, place) => (place === axis ? sum : length));
  const data = new Float64Array(sizeOf(shape));
  let position = 0;
  for (let index = 0; index < before; index += 1) {
    for (const array of arrays) {
      const block = array.data.length / before;
      data.set(array.data.subarray(index * block, (index + 1) * block), position);
      position += block;
    }
  }
  return { shape, data };
}
