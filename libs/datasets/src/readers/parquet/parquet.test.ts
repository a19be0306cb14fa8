import { describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fixture, tempFolder } from '../../testing/files.js';
import { readTable } from '../../testing/read.js';
import { DEFAULT_LIMITS } from '../limits.js';
import { openTable } from '../open.js';
import { checkPages, checkRuns } from './pages.js';
import { readStruct } from './thrift.js';

const read = async (file: string) => readTable(await openTable(file, { format: 'parquet' }));
const upTo = <T>(n: number, of: (k: number) => T) => Array.from({ length: n }, (_, k) => of(k));

describe('files that PyArrow wrote', () => {
  test.each(['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'])('%s', async (codec) => {
    const { names, columns, rows } = await read(fixture(`${codec}.parquet`));
    expect([names, rows]).toEqual([['i', 'f', 's', 'b', 't', 'd', 'v'], 1000]);
    const [i, f, s, b, t, d, v] = columns;
    expect(i).toEqual(upTo(1000, (k) => (k % 7 === 0 ? null : BigInt(k))));
    expect(f).toEqual(upTo(1000, (k) => k / 8));
    expect(s).toEqual(upTo(1000, (k) => `class ${k % 3}`));
    expect(b).toEqual(upTo(1000, (k) => k % 2 === 0));
    expect(t?.[999]).toEqual(new Date(999 * 86_400_000));
    expect(d?.[999]).toEqual(new Date(999 * 86_400_000));
    expect(v?.[999]).toEqual([999, 999.5]);
  });

  test('pages of version 2, delta and byte-stream-split encodings', async () => {
    const { columns } = await read(fixture('v2.parquet'));
    expect(columns).toEqual([
      upTo(1000, (k) => (k % 7 === 0 ? null : BigInt(k))),
      upTo(1000, (k) => k / 8),
      upTo(1000, (k) => `class ${k % 3}`),
    ]);
  });

  test('a value repeated 200,000 times in a kilobyte is no bomb', async () => {
    const { rows, columns } = await read(fixture('constant.parquet'));
    expect([rows, new Set(columns[0])]).toEqual([200_000, new Set([7])]);
  });
});

describe('hostile files', () => {
  test.each([
    ['structures', 'struct.parquet', 'is a structure'],
    ['an encoding whose values grow with each other', 'delta-byte-array.parquet', 'encoding 7 is not read'],
  ])('%s', async (_, name, reason) => {
    await expect(read(fixture(name))).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      detail: expect.stringContaining(reason) as unknown,
    });
  });

  /** A copy with some bytes changed. */
  async function changed(name: string, change: (bytes: Buffer) => Buffer): Promise<string> {
    const file = path.join(await tempFolder(), 'x.parquet');
    await writeFile(file, change(await readFile(fixture(name))));
    return file;
  }

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -20), 'does not end as Parquet'],
    ['nothing but the magic', () => Buffer.from('PAR1PAR1'), 'too short'],
    [
      'a footer of 4 GB',
      (bytes: Buffer) => {
        bytes.writeUInt32LE(0xffffffff, bytes.length - 8);
        return bytes;
      },
      'footer claims 4294967295 bytes',
    ],
    [
      'without its first half',
      (bytes: Buffer) => bytes.subarray(bytes.length / 2),
      'a column lies outside the file',
    ],
  ])('%s', async (_, change, reason) => {
    await expect(read(await changed('snappy.parquet', change))).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      detail: expect.stringContaining(reason) as unknown,
    });
  });

  /** Thrift's compact form of a footer: one column "a", INT32, whose claims are those given. */
  function footer({
    rows,
    values,
    size,
    offset,
  }: {
    rows: bigint;
    values: bigint;
    size: bigint;
    offset: bigint;
  }): Buffer {
    const varint = (value: bigint): number[] => {
      const bytes = [];
      for (; value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
      return [...bytes, Number(value)];
    };
    const i64 = (value: bigint) => varint(value * 2n);
    const text = (value: string) => [value.length, ...Buffer.from(value)];
    const root = [0x48, ...text('root'), 0x15, 2, 0];
    const leaf = [0x15, 2, 0x25, 0, 0x18, ...text('a'), 0];
    const column = [
      [0x15, 2], // INT32
      [0x19, 0x15, 0], // Encodings: PLAIN.
      [0x19, 0x18, ...text('a')],
      [0x15, 0], // Not compressed.
      [0x16, ...i64(values)],
      [0x16, ...i64(size)],
      [0x16, ...i64(size)],
      [0x26, ...i64(offset)],
      [0],
    ].flat();
    const group = [
      0x19,
      0x1c,
      0x26,
      ...i64(offset),
      0x1c,
      ...column,
      0,
      0x16,
      ...i64(size),
      0x16,
      ...i64(rows),
      0,
    ];
    const meta = Buffer.from([
      0x15,
      2,
      0x19,
      0x2c,
      ...root,
      ...leaf,
      0x16,
      ...i64(rows),
      0x19,
      0x1c,
      ...group,
      0,
    ]);
    const tail = Buffer.alloc(8);
    tail.writeUInt32LE(meta.length);
    tail.write('PAR1', 4);
    return Buffer.concat([meta, tail]);
  }

  async function fileOf(
    claims: Parameters<typeof footer>[0],
    pages: number[],
    bytes = 44_000,
  ): Promise<string> {
    const file = path.join(await tempFolder(), 'x.parquet');
    const body = Buffer.alloc(bytes);
    body.write('PAR1');
    Buffer.from(pages).copy(body, 4);
    await writeFile(file, Buffer.concat([body, footer(claims)]));
    return file;
  }

  // A page of 2 values: DATA_PAGE, 8 bytes, 8 compressed, 2 values, PLAIN, RLE, RLE.
  const page = [
    0x15, 0, 0x15, 16, 0x15, 16, 0x2c, 0x15, 4, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0,
  ];

  test('the file that the others change is read', async () => {
    const claims = { rows: 2n, values: 2n, size: BigInt(page.length), offset: 4n };
    expect((await read(await fileOf(claims, page))).columns).toEqual([[7, 8]]);
  });

  test.each([
    [
      'petabytes of rows',
      { rows: 2n ** 50n, values: 2n ** 50n, size: 40_000n, offset: 4n },
      'rows in a row group',
    ],
    ['petabytes of values', { rows: 2n, values: 2n ** 50n, size: 40_000n, offset: 4n }, 'values in a column'],
    ['petabytes of bytes', { rows: 2n, values: 2n, size: 2n ** 50n, offset: 4n }, 'bytes in a column'],
    ['bytes outside the file', { rows: 2n, values: 2n, size: 50_000n, offset: 4n }, 'outside the file'],
    [
      'an offset outside the file',
      { rows: 2n, values: 2n, size: 25n, offset: 2n ** 60n },
      'outside the file',
    ],
    ['more values than rows', { rows: 2n, values: 3n, size: 25n, offset: 4n }, 'claims 3 values'],
    ['more values than the pages have', { rows: 3n, values: 3n, size: 25n, offset: 4n }, 'column "a"'],
    ['fewer values than the pages have', { rows: 1n, values: 1n, size: 25n, offset: 4n }, 'have 2 values'],
  ])('44 kB that claim %s', async (_, claims, reason) => {
    await expect(read(await fileOf(claims, page))).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      detail: expect.stringContaining(reason) as unknown,
    });
  });

  test('a page whose ten bytes say to repeat a value a billion times', async () => {
    const run = [1, 0x80, 0x80, 0x80, 0x80, 8, 1, 0]; // A width of one bit, a run of 2^30, the value 1.
    const bomb = [...page.slice(0, 9), 0x15, 16, 0x15, 6, 0x15, 6, 0, 0, ...run];
    const claims = { rows: 2n, values: 2n, size: BigInt(bomb.length), offset: 4n };
    await expect(read(await fileOf(claims, bomb))).rejects.toThrow('claims 1073741824 values in a run');
  });

  test('values beyond what may be stored', async () => {
    const claims = { rows: 2n, values: 2n, size: BigInt(page.length), offset: 4n };
    const limits = { ...DEFAULT_LIMITS, maxStoredBytes: 7 };
    const open = openTable(await fileOf(claims, page), { format: 'parquet', limits });
    await expect(open).rejects.toThrow('8 bytes of values, the limit here is 7');
  });
});

describe('pages are checked before they are decoded', () => {
  const plain = { codec: 'UNCOMPRESSED', maxDefinition: 0, maxRepetition: 0, values: 2 };
  const header = (size: number[], packed: number[], values: number[], encoding = 0) =>
    Uint8Array.from([
      0x15,
      0,
      0x15,
      ...size,
      0x15,
      ...packed,
      0x2c,
      0x15,
      ...values,
      0x15,
      encoding,
      0x15,
      6,
      0x15,
      6,
      0,
      0,
    ]);
  const gigabyte = [0x80, 0x80, 0x80, 0x80, 8];

  test('sizes and counts that a header claims', () => {
    expect(() => {
      checkPages(header(gigabyte, [0], [4]), plain);
    }).toThrow('claims 1073741824 bytes');
    expect(() => {
      checkPages(header([16], [16], [4]), plain);
    }).toThrow('claims 8 compressed bytes');
    expect(() => {
      checkPages(header([0], [0], gigabyte), plain);
    }).toThrow('claims 1073741824 values');
    expect(() => {
      checkPages(header([0], [0], [4], 14), plain);
    }).toThrow('encoding 7');
    expect(() => {
      checkPages(Uint8Array.of(), plain);
    }).toThrow('cut off');
  });

  test('a run of a billion repetitions in five bytes', () => {
    expect(() => {
      checkRuns(Uint8Array.from([...gigabyte, 1]), 1, 100);
    }).toThrow('claims 1073741824 values in a run');
    expect(() => {
      checkRuns(Uint8Array.of(0x81, 0x80, 0x80, 0x80, 8), 0, 100);
    }).toThrow('values in a run');
    expect(() => {
      checkRuns(Uint8Array.of(0, 0, 0, 0), 1, 100);
    }).toThrow('a run is empty');
    expect(() => {
      checkRuns(Uint8Array.of(0xff, 0xff), 1, 100);
    }).toThrow('no length');
    // Apache's example of the hybrid: 0 … 7 in three bits is the header 3 and three bytes.
    expect(() => {
      checkRuns(Uint8Array.of(3, 0x88, 0xc6, 0xfa), 3, 8);
    }).not.toThrow();
  });

  test('headers that nest without an end, and lists of billions', () => {
    const nested = Uint8Array.from({ length: 1000 }, () => 0x1c);
    expect(() => readStruct({ bytes: nested, offset: 0 })).toThrow('nested too deep');
    const list = Uint8Array.of(0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x0f);
    expect(() => readStruct({ bytes: list, offset: 0 })).toThrow('too long a list');
  });
});
