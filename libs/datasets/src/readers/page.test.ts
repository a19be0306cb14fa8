import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { readCsvPage } from './page.js';

const file = 'a, b \n1,x\n\n2,"y\nz"\n3,\n';
const page = (from: number, limit: number) => readCsvPage(Readable.from([Buffer.from(file)]), from, limit);

describe('pages of a CSV file', () => {
  test('have names, lines, and whether more follows', async () => {
    expect(await page(0, 2)).toEqual({
      rows: [
        { a: '1', b: 'x' },
        { a: '2', b: 'y\nz' },
      ],
      lines: [2, 5],
      hasMore: true,
    });
    expect(await page(2, 2)).toEqual({ rows: [{ a: '3', b: '' }], lines: [6], hasMore: false });
    expect(await page(3, 2)).toEqual({ rows: [], lines: [], hasMore: false });
  });

  test('an endless file is read no further than needed', async () => {
    let chunks = 0;
    async function* endless(): AsyncGenerator<string> {
      yield 'n\n';
      for (;;) {
        await Promise.resolve();
        yield `${String(chunks++)}\n`;
      }
    }
    const { rows } = await readCsvPage(endless(), 10, 3);
    expect(rows).toEqual([{ n: '10' }, { n: '11' }, { n: '12' }]);
    expect(chunks).toBeLessThan(100_000);
  });
});
