import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GradstreamError } from '@gradstream/contracts';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeHeader, hostValues, tensorSource, type Dtype, type TensorSource } from '@gradstream/models';
import { decodeSafetensors, TensorFile } from './tensorReader.js';
import { writeTensors } from './tensorWriter.js';

interface GoldenFile {
  readonly base64: string;
  readonly metadata: Record<string, string>;
  readonly tensors: readonly { name: string; numpy: string; shape: number[]; hex: string }[];
}

/** Files of PyPI's safetensors 0.8.0; make_safetensors.py says how they were made. */
const golden = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../testing/golden/checkpoints/safetensors.json'), 'utf8'),
) as { plain: GoldenFile; everyType: GoldenFile };

const ofNumpy: Record<string, Dtype> = {
  ...{ float64: 'F64', float32: 'F32', float16: 'F16', bfloat16: 'BF16', bool: 'BOOL' },
  ...{ int64: 'I64', int32: 'I32', int16: 'I16', int8: 'I8', uint8: 'U8' },
};

const sourcesOf = ({ tensors }: GoldenFile): TensorSource[] =>
  tensors.map(({ name, numpy, shape, hex }) => ({
    ...{ name, dtype: ofNumpy[numpy] ?? 'U8', shape },
    read: () => Buffer.from(hex, 'hex'),
  }));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gradstream-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('beside an independent implementation', () => {
  test('every type of a file that it wrote', async () => {
    const { base64, tensors } = golden.everyType;
    const bytes = Buffer.from(base64, 'base64');
    const expected = tensors.map(({ name, numpy, shape, hex }) => [name, ofNumpy[numpy], shape, hex]);
    const inMemory = [...decodeSafetensors('file', bytes).tensors.values()];
    await writeFile(path.join(folder, 'golden'), bytes);
    const file = await TensorFile.open(path.join(folder, 'golden'), 'file');
    const onDisk = await Promise.all(file.tensors.map(({ name }) => file.read(name)));
    await file.close();
    for (const read of [inMemory, onDisk])
      expect(
        read.map(({ name, dtype, shape, bytes }) => [name, dtype, shape, Buffer.from(bytes).toString('hex')]),
      ).toEqual(expect.arrayContaining(expected));
    expect(new Set(inMemory.map(({ dtype }) => dtype)).size).toBe(10);
  });

  test('the values of a file that it wrote', () => {
    const { tensors } = decodeSafetensors('file', Buffer.from(golden.everyType.base64, 'base64'));
    const valuesOf = (name: string) => {
      const tensor = tensors.get(name);
      return tensor && hostValues(tensor);
    };
    expect(valuesOf('double')).toEqual(new Float64Array([-1.5, 0.1, 1e300, 5e-324]));
    expect(valuesOf('float')).toEqual(new Float32Array([1.5, -0, 3.25]));
    expect(valuesOf('long')).toEqual(new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]));
    expect(valuesOf('int')).toEqual(new Int32Array([-(2 ** 31), 7]));
    expect(valuesOf('flags/é')).toEqual(new Uint8Array([1, 0, 1]));
    expect(valuesOf('half')).toBeNull();
  });

  test('the same tensors give the same bytes, in whatever order they come', async () => {
    const { base64, metadata } = golden.plain;
    const written = path.join(folder, 'plain');
    await writeTensors(written, sourcesOf(golden.plain).reverse(), metadata);
    expect((await readFile(written)).toString('base64')).toBe(base64);
    expect(Object.fromEntries(decodeSafetensors('file', await readFile(written)).metadata)).toEqual(metadata);
  });
});

test('tensors larger than a piece are written whole, one after the other', async () => {
  const values = new Float32Array(2_500_000).map((_, at) => at % 1013);
  const file = path.join(folder, 'large');
  const onDisk: number[] = [];
  const source = (name: string): TensorSource => ({
    ...{ name, dtype: 'F32', shape: [values.length] },
    read: async () => {
      onDisk.push((await stat(file)).size);
      return new Uint8Array(values.buffer);
    },
  });
  const { bytes } = await writeTensors(file, [source('a'), source('b')]);
  // The second is not asked for before the first is written.
  expect((onDisk[1] ?? 0) - (onDisk[0] ?? 0)).toBe(values.byteLength);
  const opened = await TensorFile.open(file, 'large');
  const b = await opened.read('b', { dtype: 'F32', shape: [values.length] });
  expect(Buffer.compare(b.bytes, new Uint8Array(values.buffer))).toBe(0);
  expect(bytes).toBe((await readFile(file)).byteLength);
  const wrong = expect.objectContaining({ code: 'CHECKPOINT_INVALID' });
  await expect(opened.read('c')).rejects.toEqual(wrong);
  await expect(opened.read('b', { dtype: 'I32', shape: [values.length] })).rejects.toEqual(wrong);
  await expect(opened.read('b', { dtype: 'F32', shape: [1, values.length] })).rejects.toEqual(wrong);
  await opened.close();
});

test('what the reader would refuse is not written', async () => {
  const one = (name: string) => tensorSource(name, [1], new Float32Array(1));
  for (const names of [
    ['a', 'a'],
    [''],
    ['__metadata__'],
    ['__proto__'],
    ['a\n'],
    ['\ud800'],
    ['x'.repeat(501)],
  ])
    await expect(writeTensors(path.join(folder, 'never'), names.map(one))).rejects.toThrow(/cannot be named/);
  const short = [tensorSource('a', [2], new Float32Array(1))];
  await expect(writeTensors(path.join(folder, 'short'), short)).rejects.toThrow(/gave 4 bytes/);
});

/** A file of a header's text and some bytes. */
function fileOf(json: string, body = 0): Buffer {
  const head = Buffer.from(json);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(head.byteLength));
  return Buffer.concat([prefix, head, Buffer.alloc(body)]);
}

const infos = fc.uniqueArray(
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
    dtype: fc.constantFrom<Dtype>('F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'I16', 'I8', 'U8', 'BOOL'),
    shape: fc.array(fc.nat(3), { maxLength: 3 }),
    fill: fc.nat(255),
  }),
  { maxLength: 4, selector: ({ name }) => name },
);
const reserved = ['__proto__', 'constructor', 'prototype', '__metadata__'];
const files = infos
  .filter((list) => list.every(({ name }) => !reserved.includes(name) && !/\p{Cc}/u.test(name)))
  .map((list) => {
    const width = { F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, BF16: 2, I16: 2, I8: 1, U8: 1, BOOL: 1 };
    const bodies = list.map(({ dtype, shape, fill }) =>
      Buffer.alloc(
        shape.reduce((product, size) => product * size, width[dtype]),
        fill,
      ),
    );
    return { list, bodies, bytes: Buffer.concat([encodeHeader(list, { a: 'b' }), ...bodies]) };
  });

/** Decodes; undefined for the typed error. Anything else that is thrown fails the test. */
function decoded(bytes: Uint8Array) {
  try {
    return decodeSafetensors('file', bytes);
  } catch (error) {
    if (error instanceof GradstreamError && error.code === 'CHECKPOINT_INVALID') return undefined;
    throw error;
  }
}

describe('generated files', () => {
  test('tensors of any type, shape and name come back', () => {
    fc.assert(
      fc.property(files, ({ list, bodies, bytes }) => {
        const { tensors } = decodeSafetensors('file', bytes);
        expect(tensors.size).toBe(list.length);
        for (const [at, { name, dtype, shape }] of list.entries()) {
          expect(tensors.get(name)).toMatchObject({ dtype, shape });
          expect(Buffer.compare(tensors.get(name)?.bytes ?? Buffer.of(1), bodies[at] ?? Buffer.of(2))).toBe(
            0,
          );
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('random bytes are refused', () => {
    const text = fc.oneof(fc.json({ maxDepth: 3 }), fc.string()).map((json) => fileOf(json, json.length % 5));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), text), (bytes) => {
        const tensors = decoded(bytes)?.tensors;
        // A header without tensors is all that may come out by chance.
        expect(tensors?.size ?? 0).toBe(0);
      }),
      { numRuns: 3_000 },
    );
  });

  test('a changed file is refused, or has tensors that fill it exactly', () => {
    // From the start or from the end; often as many bytes go as come.
    const change = fc.record({
      at: fc.integer({ min: -60, max: 400 }),
      remove: fc.option(fc.nat(3), { freq: 1 }),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 3 }),
        fc.constantFrom(...'"{}[],:0197\\ '.split('').map((char) => Buffer.from(char))),
      ),
    });
    let accepted = 0;
    fc.assert(
      fc.property(files, fc.array(change, { minLength: 1, maxLength: 2 }), ({ bytes: valid }, changes) => {
        let bytes = valid;
        for (const { at, remove, insert } of changes) {
          const from = (bytes.byteLength + at) % bytes.byteLength;
          bytes = Buffer.concat([
            bytes.subarray(0, from),
            insert,
            bytes.subarray(from + (remove ?? insert.length)),
          ]);
        }
        const result = decoded(bytes);
        if (!result) return;
        accepted++;
        const body = 8 + Number(bytes.readBigUInt64LE());
        const parts = [...result.tensors.values()].map((tensor) => tensor.bytes);
        // In file order, the tensors are the body.
        expect(Buffer.compare(Buffer.concat(parts), bytes.subarray(body))).toBe(0);
      }),
      { numRuns: 6_000 },
    );

    expect(accepted).toBeGreaterThan(100);
  });
});
