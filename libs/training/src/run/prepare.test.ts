// From a stored dataset and a spec to what the loop reads. Expected numbers are worked out by hand.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runSpecSchema, type RunSpec } from '@gradstream/contracts';
import { DEFAULT_LIMITS, ingest, openCsv, ShardedDataset } from '@gradstream/datasets';
import { parseModel, type ModelGraph } from '@gradstream/models';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { TrainingData } from '../fit/data.js';
import { prepareData } from './prepare.js';
import { samplesOf } from './samples.js';

let folder = '';
let dataset: ShardedDataset;

// Rows 0 to 5 are trained on, 6 to 8 validate; row 1 has no x, row 7 is row 0 again.
const CSV = `x,kind,y,z
0,b,1,0
,a,2,1
4,a,3,0
8,c,4,1
4,b,5,0
4,b,5,1
2,a,6,1
0,b,1,0
6,c,7,1
`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gradstream-prepare-'));
  const source = await openCsv(Readable.from([Buffer.from(CSV)]), DEFAULT_LIMITS, ',');
  await ingest(source, { folder });
  dataset = await ShardedDataset.open(folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function graphOf(inputs: number, units: number): ModelGraph {
  const parsed = parseModel([{ type: 'dense', units, input: [inputs] }]);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}

const specOf = (changes: object): RunSpec =>
  runSpecSchema.parse({
    dataset: `ds_${'0'.repeat(32)}`,
    specVersion: 1,
    engineVersion: '2.21.0',
    model: { id: null, definition: [{}] },
    datasetSha256: '',
    classCount: null,
    loss: 'meanSquaredError',
    split: { by: 'sequential', train: 0.666, validation: 0.334 },
    ...changes,
  });

/** Inputs and targets of all rows. */
function rowsOf({ arrays }: TrainingData) {
  const listOf = (list: readonly { values: ArrayLike<number> }[] | undefined) =>
    list?.map(({ values }) => Array.from(values));
  return { inputs: listOf(arrays?.inputs), targets: listOf(arrays?.targets) };
}

test('rows without a value are left out, before anything is fitted', () => {
  const spec = specOf({
    inputs: [{ columns: ['x'], scale: 'minmax', missing: 'drop' }],
    inputColumns: ['x'],
    target: { column: 'y', task: 'regression' },
  });
  const { train, validation } = prepareData(dataset, spec, graphOf(1, 1));
  expect(rowsOf(train)).toEqual({ inputs: [[0, 0.5, 1, 0.5, 0.5]], targets: [[1, 3, 4, 5, 5]] });
  expect(rowsOf(validation)).toEqual({ inputs: [[0.25, 0, 0.75]], targets: [[6, 1, 7]] });
  expect(train.arrays?.targets[0]?.shape).toEqual([1]);
});

test('duplicates are looked for only when that is asked for: it reads every column', () => {
  const spec = specOf({
    inputs: [{ columns: ['x'], missing: 'drop' }],
    inputColumns: ['x'],
    target: { column: 'y', task: 'regression' },
  });
  const take = jest.spyOn(dataset, 'take');
  const { countDuplicates } = prepareData(dataset, spec, graphOf(1, 1));
  const read = () => new Set(take.mock.calls.map(([name]) => name));
  expect(read()).toEqual(new Set(['x', 'y']));
  expect(countDuplicates()).toBe(1);
  expect(read()).toEqual(new Set(['x', 'kind', 'y', 'z']));
  take.mockRestore();
});

test('numbers and categories are joined, and several numbers are predicted', () => {
  const spec = specOf({
    inputs: [{ columns: ['x', 'kind'], missing: { constant: -1 } }],
    inputColumns: ['x', 'kind'],
    inputWidths: [2],
    target: { columns: ['y', 'z'], task: 'regression' },
    targetColumns: ['y', 'z'],
  });
  const { validation, outputs } = prepareData(dataset, spec, graphOf(4, 2));
  // A one for a, b or c.
  expect(rowsOf(validation)).toEqual({
    inputs: [[2, 1, 0, 0, 0, 0, 1, 0, 6, 0, 0, 1]],
    targets: [[6, 1, 1, 0, 7, 1]],
  });
  expect(validation.arrays?.targets[0]?.shape).toEqual([2]);
  expect(outputs).toMatchObject([{ classes: null, classRows: null }]);
});

describe('classes', () => {
  const spec = (loss: string) =>
    specOf({
      inputs: [{ columns: ['y'] }],
      inputColumns: ['y'],
      target: { column: 'kind', task: 'classification' },
      classCount: 3,
      loss,
    });

  test('are indexes or vectors, as the loss takes them, and are counted', () => {
    const indexes = prepareData(dataset, spec('sparseCategoricalCrossentropy'), graphOf(1, 3));
    expect(rowsOf(indexes.validation).targets).toEqual([[0, 1, 2]]);
    expect(indexes.outputs).toMatchObject([{ classes: ['a', 'b', 'c'], classRows: [2, 3, 1] }]);
    const vectors = prepareData(dataset, spec('categoricalCrossentropy'), graphOf(1, 3));
    expect(rowsOf(vectors.validation).targets).toEqual([[1, 0, 0, 0, 1, 0, 0, 0, 1]]);
  });

  test('rows that are made for each batch are those that are held', () => {
    const { preprocessing, train } = prepareData(dataset, spec('categoricalCrossentropy'), graphOf(1, 3));
    const form = {
      inputShapes: [[1]],
      preprocessing,
      targets: [{ form: 'oneHot', classes: 3 }],
    } as const;
    const rows = Uint32Array.of(0, 1, 2, 3, 4, 5);
    const [held, made] = [samplesOf(dataset, rows, form, true), samplesOf(dataset, rows, form, false)];
    const positions = Uint32Array.of(5, 0, 3, 3);
    expect(made.arrays).toBeUndefined();
    expect(made.take(positions)).toEqual(held.take(positions));
    expect(made.take(positions)).toEqual(train.take(positions));
  });
});

test('columns that do not fill the input are refused with a pointer', () => {
  const spec = specOf({
    inputs: [{ columns: ['kind'] }],
    inputColumns: ['kind'],
    target: { column: 'y', task: 'regression' },
  });
  expect(() => prepareData(dataset, spec, graphOf(5, 1))).toThrow(
    expect.objectContaining({
      code: 'RUN_INVALID',
      errors: [expect.objectContaining({ pointer: '/inputs/0', code: 'inputShape' })],
    }),
  );
});
