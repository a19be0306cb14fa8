import { expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { previewCsv } from './preview.js';

test('fields are shown as they are in the file, quotes and blanks taken off', async () => {
  const source = Readable.from([Buffer.from('\uFEFF a ,b\n1,"x, ""y"""\n\n,é\n')]);
  expect(await previewCsv(source, 10)).toEqual({
    columns: ['a', 'b'],
    rows: [
      ['1', 'x, "y"'],
      ['', 'é'],
    ],
  });
});

test('no more is read than is shown, and the source is ended', async () => {
  let chunks = 0;
  function* endless(): Generator<Buffer> {
    yield Buffer.from('a,b\n');
    for (;;) {
      chunks++;
      yield Buffer.from('1,2\n'.repeat(1000));
    }
  }
  const source = Readable.from(endless());
  const { rows } = await previewCsv(source, 3);
  expect(rows).toEqual([
    ['1', '2'],
    ['1', '2'],
    ['1', '2'],
  ]);
  expect(source.destroyed).toBe(true);
  expect(chunks).toBeLessThan(100);
});
