// Lines of 10 GB, and gzip that becomes them: how much is taken from the stream before it is refused.

import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { readTable } from '../testing/read.js';
import { openCsv } from './csv.js';
import { openJsonl } from './jsonl.js';
import { DEFAULT_LIMITS } from './limits.js';

const MiB = 2 ** 20;

/** 10 GB in chunks of 64 KiB, and a count of what was taken. */
function tenGigabytes(start: string, fill: string) {
  const taken = { bytes: 0, ended: false };
  const chunk = Buffer.from(fill.repeat(65_536 / fill.length));
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield await Promise.resolve(Buffer.from(start));
      for (let bytes = 0; bytes < 10e9; bytes += chunk.length) {
        taken.bytes += chunk.length;
        yield chunk;
      }
    } finally {
      taken.ended = true;
    }
  }
  return { source: source(), taken };
}

const limits = { ...DEFAULT_LIMITS, maxRecordBytes: MiB };
const csv = (source: AsyncIterable<Uint8Array>) => openCsv(source, limits, ',');
const jsonl = (source: AsyncIterable<Uint8Array>) => openJsonl(source, limits);

describe('one line of 10 GB is refused after the megabyte that a record may have here', () => {
  test.each([
    ['a header', csv, '', 'x'],
    ['a row', csv, 'a,b\n', 'x'],
    ['an unclosed quote', csv, 'a,b\n1,"', 'x\n'],
    ['a row of ten billion fields', csv, 'a,b\n', ','],
    ['a JSON text', jsonl, '{"a":"', 'x'],
    ['a JSON line after others', jsonl, '{"a":"x"}\n'.repeat(2000) + '{"a":[', '1,'],
  ] as const)('%s', async (_, open, start, fill) => {
    const { source, taken } = tenGigabytes(start, fill);
    await expect(open(source).then(readTable)).rejects.toMatchObject({ code: 'DATASET_UNREADABLE' });
    expect(taken.bytes).toBeLessThan(2 * MiB);
    expect(taken.ended).toBe(true);
  });

  test('gzip that becomes a thousand times larger', async () => {
    const member = gzipSync(Buffer.alloc(16 * MiB, 'x'));
    let members = 0;
    async function* bomb(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(gzipSync('a,b\n'));
      for (; members < 1000; members++) yield member;
    }
    await expect(csv(bomb()).then(readTable)).rejects.toMatchObject({ code: 'DATASET_UNREADABLE' });
    expect(members).toBeLessThan(50);
  });

  test('text within its lines, but beyond the bytes of a file', async () => {
    const short = { ...limits, maxBytes: MiB };
    const { source, taken } = tenGigabytes('a\n', '1\n');
    await expect(openCsv(source, short, ',').then(readTable)).rejects.toThrow('larger than 1048576 bytes');
    expect(taken.bytes).toBeLessThan(2 * MiB);
  });
});
