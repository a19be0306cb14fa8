import { describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32, deflateRawSync, deflateSync } from 'node:zlib';
import { fixture, tempFolder } from '../../testing/files.js';
import { codesOf, readTable } from '../../testing/read.js';
import { openTable } from '../open.js';
import { decodeImage, sizeOfImage } from './decode.js';
import type { ImageOptions } from './source.js';

const open = (file: string, images: ImageOptions = {}) => openTable(file, { format: 'images', images });
const repeated = (pixel: number[], count: number) => Array.from({ length: count }, () => pixel).flat();

describe('ZIPs that Python and Pillow wrote', () => {
  test('folders are classes, litter of operating systems is left out', async () => {
    const source = await open(fixture('folders.zip'));
    expect(source.columns).toEqual([
      { name: 'image', fixed: { type: 'image', dtype: 'uint8', shape: [2, 4, 3] } },
      { name: 'label', fixed: null },
    ]);
    const { columns, problems } = await readTable(source);
    expect([columns[1], problems]).toEqual([['cats', 'cats', 'cats', 'dogs'], []]);
    // The GIF's color is its palette's, the gray image has the same value in each channel.
    expect(columns[0]?.slice(24)).toEqual([
      ...repeated([0, 255, 0], 8),
      ...repeated([7, 7, 7], 8),
      ...repeated([255, 0, 0], 8),
    ]);
  });

  test('a CSV names files and brings columns; transparency is dropped', async () => {
    const table = await readTable(await open(fixture('named.zip')));
    expect(table.names).toEqual(['image', 'age', 'kind']);
    expect(table.columns).toEqual([
      [...repeated([1, 2, 3], 8), ...repeated([4, 5, 6], 8)],
      ['3', ''],
      ['x', 'y'],
    ]);
    expect(table.lines).toEqual([2, 3]);
  });

  test('images of several sizes need one that they are brought to', async () => {
    const mixed = await readTable(await open(fixture('sizes.zip')));
    expect([mixed.rows, codesOf(mixed.problems)]).toEqual([1, ['0 badImage']]);
    expect(mixed.problems[0]?.message).toContain('has 8 × 8 pixels, 4 × 4 are expected');
    const resized = await readTable(
      await open(fixture('sizes.zip'), { size: { height: 2, width: 3, channels: 3 } }),
    );
    expect(resized.columns).toEqual([repeated([10, 20, 30], 12), ['a', 'b']]);
  });
});

/** A ZIP of stored or deflated entries, written by PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16. */
async function zipOf(
  entries: { name: string; data: Uint8Array; deflate?: boolean; claim?: number }[],
): Promise<string> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, deflate = false, claim = data.length } of entries) {
    const packed = deflate ? deflateRawSync(data) : data;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(deflate ? 8 : 0, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(claim, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), fields, rest, Buffer.from(name)]));
    parts.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  const file = path.join(await tempFolder(), 'x.zip');
  await writeFile(file, Buffer.concat([...parts, central, end]));
  return file;
}

/** A PNG of one color, by the PNG specification: 8 bits, gray; `rows` of its rows are really there. */
function grayPng(width: number, height: number, rows = height): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    checksum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, checksum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const data = deflateSync(Buffer.alloc((width + 1) * rows));
  const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([magic, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

describe('hostile files', () => {
  const png = grayPng(2, 2);

  test('an image that cannot be used is a problem, the others are read', async () => {
    const file = await zipOf([
      { name: 'a/1.png', data: png },
      { name: 'a/2.png', data: grayPng(20_000, 20_000, 1) }, // 400 megapixels in a few hundred bytes.
      { name: 'a/3.png', data: png.subarray(0, 50) },
      {
        name: 'a/4.svg',
        data: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>'),
      },
      { name: 'a/5.png', data: Buffer.alloc(0) },
      { name: 'b/6.png', data: png },
    ]);
    const table = await readTable(await open(file, { size: { height: 2, width: 2, channels: 1 } }));
    expect(table.columns).toEqual([repeated([0], 8), ['a', 'b']]);
    expect(table.problems.map(({ message }) => message.slice(0, 40))).toEqual([
      '"a/2.png" has more than 50000000 pixels',
      expect.stringContaining('"a/3.png" is damaged'),
      expect.stringContaining('"a/4.svg" is no PNG'),
      expect.stringContaining('"a/5.png" is no PNG'),
    ]);
  });

  test('a bomb of pixels is refused by its header', async () => {
    await expect(sizeOfImage(grayPng(60_000, 60_000, 1))).rejects.toThrow('more than 50000000 pixels');
    const size = { height: 2, width: 2, channels: 1 } as const;
    await expect(decodeImage(grayPng(60_000, 60_000, 1), size, true)).rejects.toThrow(
      'more than 50000000 pixels',
    );
  });

  test('a CSV that names what is not there', async () => {
    const csv = Buffer.from('file,x\na/1.png,1\nb/2.png,2\nlabels.csv,3\n,4\n');
    const file = await zipOf([
      { name: 'labels.csv', data: csv },
      { name: 'a/1.png', data: png },
    ]);
    const error: unknown = await open(file).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'DATASET_REJECTED' });
    expect(codesOf((error as { errors: [] }).errors)).toEqual(['3 noFile', '4 noFile', '5 noFile']);
  });

  const zeros = Buffer.alloc(2 ** 21);
  test.each([
    [
      'a file that becomes a thousand times larger',
      [{ name: 'a/1.png', data: zeros, deflate: true }],
      'zipBomb',
    ],
    [
      'a name twice',
      [
        { name: 'a/1.png', data: png },
        { name: 'a/1.png', data: png },
      ],
      'duplicateName',
    ],
    ['a name that leaves its folder', [{ name: '../1.png', data: png }], 'zip'],
    ['an absolute name', [{ name: '/etc/1.png', data: png }], 'zip'],
    ['an image in no folder', [{ name: '1.png', data: png }], 'noClass'],
    ['no image', [{ name: 'a/x.txt', data: Buffer.from('x') }], 'noImages'],
    ['nothing', [], 'empty'],
    [
      'two CSVs',
      [
        { name: 'a.csv', data: png },
        { name: 'b.csv', data: png },
      ],
      'severalTables',
    ],
    ['more bytes than it claims', [{ name: 'a/1.png', data: zeros, deflate: true, claim: 1000 }], 'zip'],
    ['fewer bytes than it claims', [{ name: 'a/1.png', data: png, deflate: true, claim: 100_000 }], 'zip'],
  ])('%s', async (_, entries, code) => {
    await expect(zipOf(entries).then((file) => open(file))).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      errors: [{ code }],
    });
  });

  test('files that overlap: together they claim more bytes than the ZIP has', async () => {
    const file = await zipOf([{ name: 'a/1.png', data: Buffer.alloc(5000, 1) }]);
    const bytes = await readFile(file);
    const start = bytes.readUInt32LE(bytes.length - 6);
    const entry = bytes.subarray(start, bytes.length - 22);
    const copies = Array.from({ length: 3 }, (_, n) => {
      const copy = Buffer.from(entry);
      copy.write(`a/${n}.png`, copy.length - 7);
      return copy;
    });
    const end = Buffer.from(bytes.subarray(-22));
    end.writeUInt16LE(3, 8);
    end.writeUInt16LE(3, 10);
    end.writeUInt32LE(3 * entry.length, 12);
    await writeFile(file, Buffer.concat([bytes.subarray(0, start), ...copies, end]));
    await expect(open(file)).rejects.toMatchObject({ errors: [{ code: 'zipBomb' }] });
  });

  test("Python's ZIP of 20 MB of zeros", async () => {
    await expect(open(fixture('bomb.zip'))).rejects.toMatchObject({ errors: [{ code: 'zipBomb' }] });
  });

  test('a directory that claims a million files', async () => {
    const file = await zipOf([{ name: 'a/1.png', data: png }]);
    const bytes = await readFile(file);
    bytes.writeUInt16LE(65_000, bytes.length - 12);
    bytes.writeUInt16LE(65_000, bytes.length - 14);
    await writeFile(file, bytes);
    await expect(open(file)).rejects.toMatchObject({ code: 'DATASET_UNREADABLE' });
  });
});
