import { expect, test } from '@jest/globals';
import { preprocessingPlanSchema } from '@gradstream/contracts';
import { ingest } from '../ingest/ingest.js';
import { openTable } from '../readers/open.js';
import { ShardedDataset } from '../shards/reader.js';
import { StoredArray } from '../shards/storedArray.js';
import { fixture, tempFolder } from '../testing/files.js';
import { fitPreprocessing } from './fit.js';
import { preprocessBatch, preprocessRows } from './preprocess.js';
import { resizeBilinear } from './resize.js';

test('enlarged as Pillow does it', () => {
  // Pillow 13: Image.fromarray([[0, 10], [20, 40]], mode "F").resize((3, 4), BILINEAR).
  const out = new Float32Array(12);
  resizeBilinear([0, 10, 20, 40], { height: 2, width: 2, channels: 1 }, { height: 4, width: 3 }, out);
  expect([...out]).toEqual(
    [0, 5, 10, 5, 11.25, 17.5, 15, 23.75, 32.5, 20, 30, 40].map(
      (value) => expect.closeTo(value, 4) as unknown,
    ),
  );
});

test('made smaller without smoothing, each channel by itself', () => {
  // Half-pixel centers: of four pixels, the first of two lies at 0.5, between the first two.
  const out = new Float32Array(5);
  const pixels = [0, 100, 10, 200, 30, 50, 50, 0]; // Two channels.
  resizeBilinear(pixels, { height: 1, width: 4, channels: 2 }, { height: 1, width: 2 }, out, 1);
  expect([...out]).toEqual([0, 5, 150, 40, 25]);
});

test('a ZIP of images to batches, and one image of a prediction alike', async () => {
  const folder = await tempFolder();
  const { index, statistics } = await ingest(await openTable(fixture('folders.zip'), { format: 'images' }), {
    folder,
  });
  expect(index.columns.map(({ name, type, shape }) => [name, type, shape])).toEqual([
    ['image', 'image', [2, 4, 3]],
    ['label', 'categorical', []],
  ]);
  expect(statistics[1]?.top).toEqual([
    { value: 'cats', count: 3 },
    { value: 'dogs', count: 1 },
  ]);
  const data = await ShardedDataset.open(folder);
  const plan = preprocessingPlanSchema.parse({
    inputs: [{ features: [{ kind: 'image', column: 'image', height: 1, width: 2 }] }],
    targets: [[{ kind: 'label', column: 'label' }]],
  });
  const fitted = fitPreprocessing(data, plan, Uint32Array.of(0, 1, 2, 3));
  const { inputs, targets } = preprocessBatch(fitted, data, [3, 1]);
  expect(inputs[0]?.shape).toEqual([1, 2, 3]);
  expect([...(inputs[0]?.values ?? [])]).toEqual([1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0]);
  expect([...(targets[0]?.values ?? [])]).toEqual([1, 0]);
  const red = Uint8Array.from({ length: 24 }, (_, at) => (at % 3 === 0 ? 255 : 0));
  const image = (...shape: number[]) => ({ image: new StoredArray(red, shape) });
  expect([...(preprocessRows(fitted, [image(2, 4, 3)])[0]?.values ?? [])]).toEqual([1, 0, 0, 1, 0, 0]);
  for (const other of [image(4, 2, 3), image(24), image(2, 4, 3, 1)])
    expect(() => preprocessRows(fitted, [other])).toThrow('shape [2, 4, 3]');
});
