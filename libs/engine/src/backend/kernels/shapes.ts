// Kernels that make, move, pick and join elements.

import { wave } from '../../testing.js';
import {
  bools,
  complex,
  complexNumbers,
  direct,
  empty,
  floats,
  ints,
  kernelCase,
  real,
  result,
  strings,
  type KernelCase,
} from './case.js';

const words = strings(['one', 'two words', '', 'x'.repeat(300)], [2, 2]);
const joined = ['one', 'two words', '', 'x'.repeat(300)];

export const shapeCases: readonly KernelCase[] = [
  kernelCase('Fill', [], (tf) => tf.fill([2, 3], 1.5)),
  kernelCase('Fill', [], (tf) => tf.fill([2, 3], 7, 'int32'), { note: 'of integers' }),
  kernelCase('Fill', [], (tf) => tf.fill([0, 3], 7), { note: 'of no elements' }),
  kernelCase('Fill', [], (tf) => tf.fill([2], 'a text that is longer than a slot', 'string'), {
    note: 'of strings',
  }),
  kernelCase('LinSpace', [], (tf) => tf.linspace(-1, 2, 7)),
  kernelCase('LinSpace', [], (tf) => tf.linspace(3, 9, 1), { note: 'of one element' }),
  kernelCase('Range', [], (tf) => tf.range(2, 11, 3)),
  kernelCase('Range', [], (tf) => tf.range(5, 0, -2, 'int32'), { note: 'that falls' }),
  kernelCase('Range', [], (tf) => tf.range(3, 3), { note: 'of no elements' }),
  kernelCase('OneHot', [ints([2, 0, 5, 1], [2, 2])], (tf, x) => tf.oneHot(x, 3)),
  kernelCase('OneHot', [ints([2, 0])], (tf, x) => tf.oneHot(x, 3, 2.5, -1, 'float32'), { note: 'of floats' }),
  kernelCase('OneHot', [ints([2, 0])], (tf, x) => tf.oneHot(x, 3, 1, 0, 'bool'), { note: 'of booleans' }),
  kernelCase('Diag', [real([3])], (tf, x) => tf.diag(x)),
  kernelCase('Diag', [ints([1, 2, 3, 4], [2, 2])], (tf, x) => tf.diag(x), { note: 'of a matrix' }),

  kernelCase('Reshape', [real([2, 6])], (tf, x) => tf.reshape(x, [3, -1])),
  kernelCase('Reshape', [empty([0, 6])], (tf, x) => tf.reshape(x, [3, 0]), { note: 'of no elements' }),
  kernelCase('Reshape', [words], (tf, x) => tf.reshape(x, [4]), { note: 'of strings' }),
  kernelCase('ExpandDims', [real([2, 3])], (tf, x) => tf.expandDims(x, 1)),
  kernelCase('ExpandDims', [bools([1, 0])], (tf, x) => tf.expandDims(x, -1), { note: 'of booleans' }),
  kernelCase('Transpose', [real([2, 3, 4])], (tf, x) => tf.transpose(x, [2, 0, 1])),
  direct(
    'Transpose',
    { x: words },
    { perm: [1, 0] },
    { note: 'of strings', expected: [result(['one', '', 'two words', 'x'.repeat(300)], [2, 2])] },
  ),
  kernelCase('Transpose', [complex([2, 3])], (tf, x) => tf.transpose(x), { note: 'of complex numbers' }),
  kernelCase('Reverse', [real([2, 3, 4])], (tf, x) => tf.reverse(x, [0, 2])),
  kernelCase('Tile', [real([2, 3])], (tf, x) => tf.tile(x, [2, 3])),
  kernelCase('Tile', [words], (tf, x) => tf.tile(x, [1, 2]), {
    note: 'of strings',
    expected: [
      result(
        [0, 1, 0, 1, 2, 3, 2, 3].map((index) => joined[index] ?? ''),
        [2, 4],
      ),
    ],
  }),
  kernelCase('PadV2', [real([2, 3])], (tf, x) =>
    tf.pad(
      x,
      [
        [1, 0],
        [2, 1],
      ],
      0.5,
    ),
  ),
  kernelCase('PadV2', [ints([1, 2])], (tf, x) => tf.pad(x, [[1, 2]], 9), { note: 'of integers' }),
  kernelCase(
    'PadV2',
    [empty([0, 2])],
    (tf, x) =>
      tf.pad(x, [
        [1, 1],
        [0, 0],
      ]),
    { note: 'of no rows' },
  ),
  kernelCase('MirrorPad', [real([3, 4])], (tf, x) =>
    tf.mirrorPad(
      x,
      [
        [1, 2],
        [2, 1],
      ],
      'reflect',
    ),
  ),
  kernelCase(
    'MirrorPad',
    [real([3, 4])],
    (tf, x) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [2, 1],
        ],
        'symmetric',
      ),
    {
      note: 'symmetric',
    },
  ),
  kernelCase('SpaceToBatchND', [real([1, 4, 4, 2])], (tf, x) =>
    tf.spaceToBatchND(
      x,
      [2, 2],
      [
        [0, 0],
        [2, 0],
      ],
    ),
  ),
  kernelCase('BatchToSpaceND', [real([4, 2, 2, 2])], (tf, x) =>
    tf.batchToSpaceND(
      x,
      [2, 2],
      [
        [0, 1],
        [1, 0],
      ],
    ),
  ),
  kernelCase('DepthToSpace', [real([1, 2, 2, 8])], (tf, x) => tf.depthToSpace(x.as4D(1, 2, 2, 8), 2)),

  kernelCase('Concat', [real([2, 3]), real([2, 1], 2)], (tf, ...all) => tf.concat(all, 1)),
  kernelCase('Concat', [words, strings(['a', 'b'], [1, 2])], (tf, ...all) => tf.concat(all), {
    note: 'of strings',
    expected: [result([...joined, 'a', 'b'], [3, 2])],
  }),
  kernelCase('Concat', [complex([2, 3]), complex([1, 3])], (tf, ...all) => tf.concat(all), {
    note: 'of complex numbers',
  }),
  kernelCase('Concat', [empty([0, 3]), real([2, 3])], (tf, ...all) => tf.concat(all), {
    note: 'with no rows',
  }),
  kernelCase('Pack', [real([2, 3]), real([2, 3], 2)], (tf, ...all) => tf.stack(all, 1)),
  kernelCase('Pack', [bools([1, 0]), bools([0, 0])], (tf, ...all) => tf.stack(all), { note: 'of booleans' }),
  kernelCase('Unpack', [real([2, 3])], (tf, x) => tf.unstack(x, 1)),
  kernelCase('Unpack', [real([2, 3])], (tf, x) => tf.unstack(x, -1), { note: 'of the last axis' }),
  kernelCase('SplitV', [real([2, 6])], (tf, x) => tf.split(x, 3, 1)),
  kernelCase('SplitV', [real([2, 6])], (tf, x) => tf.split(x, [1, -1, 2], 1), { note: 'of given sizes' }),
  kernelCase('Slice', [real([3, 4])], (tf, x) => tf.slice(x, [1, 0], [-1, 2])),
  kernelCase('Slice', [real([3, 4])], (tf, x) => tf.slice(x, [1, 0], [0, 2]), { note: 'of no rows' }),
  kernelCase('Slice', [words], (tf, x) => tf.slice(x, [1, 0], [1, 2]), { note: 'of strings' }),
  kernelCase('Slice', [complex([3, 4])], (tf, x) => tf.slice(x, [1, 1], [2, 2]), {
    note: 'of complex numbers',
    expected: [
      result(
        [5, 6, 9, 10].flatMap((index) => complexNumbers(12)[index] ?? []),
        [2, 2],
        'complex64',
      ),
    ],
  }),
  kernelCase('StridedSlice', [real([4, 5])], (tf, x) => tf.stridedSlice(x, [0, 4], [4, 0], [2, -1])),
  kernelCase(
    'StridedSlice',
    [real([4, 5])],
    (tf, x) => tf.stridedSlice(x, [1, 0, 0], [3, 1, 5], [1, 1, 2], 0, 4, 0, 2, 1),
    // The CPU backend takes the shape of the new axis for that of the axis behind it.
    {
      note: 'with masks',
      expected: [
        result(
          [5, 7, 9].map((index) => wave(20)[index] ?? 0),
          [1, 3],
        ),
      ],
    },
  ),

  kernelCase('GatherV2', [real([4, 3]), ints([3, 0, 0, 2])], (tf, x, at) => tf.gather(x, at.as1D())),
  kernelCase('GatherV2', [real([4, 3]), ints([2, 0, 1, 1], [2, 2])], (tf, x, at) => tf.gather(x, at, 1), {
    note: 'of columns',
  }),
  kernelCase(
    'GatherV2',
    [real([2, 4, 3]), ints([3, 0, 1, 2], [2, 2])],
    (tf, x, at) => tf.gather(x, at, 1, 1),
    {
      note: 'with a batch',
    },
  ),
  direct(
    'GatherV2',
    { x: strings(['a', 'b', 'c']), indices: ints([2, 0]) },
    { axis: 0, batchDims: 0 },
    { note: 'of strings', expected: [result(['c', 'a'])] },
  ),
  kernelCase('GatherV2', [real([4, 3]), empty([0], 'int32')], (tf, x, at) => tf.gather(x, at), {
    note: 'of no rows',
  }),
  kernelCase('GatherNd', [real([4, 3]), ints([3, 0, 0, 2], [2, 2])], (tf, x, at) => tf.gatherND(x, at)),
  kernelCase('GatherNd', [words, ints([1, 0], [2, 1])], (tf, x, at) => tf.gatherND(x, at), {
    note: 'of strings',
    expected: [result(['', 'x'.repeat(300), 'one', 'two words'], [2, 2])],
  }),
  kernelCase('ScatterNd', [ints([4, 1, 4], [3, 1]), real([3, 2])], (tf, at, values) =>
    tf.scatterND(at, values, [6, 2]),
  ),
  kernelCase(
    'ScatterNd',
    [ints([1, 0], [2, 1]), ints([5, 6])],
    (tf, at, values) => tf.scatterND(at, values, [3]),
    { note: 'of integers' },
  ),
  kernelCase(
    'TensorScatterUpdate',
    [real([4, 2]), ints([3, 1], [2, 1]), real([2, 2], 5)],
    (tf, x, at, values) => tf.tensorScatterUpdate(x, at, values),
  ),
  kernelCase('SparseToDense', [ints([1, 4]), floats([2.5, 3])], (tf, at, values) =>
    tf.sparseToDense(at, values, [6], -1),
  ),
  kernelCase(
    'SparseToDense',
    [ints([0, 1, 2, 0], [2, 2]), strings(['a', 'b'])],
    (tf, at, values) => tf.sparseToDense(at, values, [3, 2], 'none'),
    {
      note: 'of strings',
      expected: [result(['none', 'a', 'none', 'none', 'b', 'none'], [3, 2])],
    },
  ),
  kernelCase('StaticRegexReplace', [strings(['a1b22', 'none', ''])], (tf, x) =>
    tf.string.staticRegexReplace(x, '[0-9]+', '#', true),
  ),
  kernelCase(
    'StaticRegexReplace',
    [strings(['a1b22'])],
    (tf, x) => tf.string.staticRegexReplace(x, '[0-9]', '#', false),
    { note: 'once' },
  ),
];
