import { expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { UploadView } from './uploadView.js';

test('away from a terminal a line is written each ten percent, and the last one', () => {
  const out = new PassThrough();
  const view = new UploadView(1000, out);
  for (let bytes = 0; bytes <= 1000; bytes += 25) view.accept(bytes);
  const lines = String(out.read()).trimEnd().split('\n');
  expect(lines).toHaveLength(11);
  expect(lines[1]).toBe(' 10 %  100 bytes of 1000 bytes have arrived');
  expect(lines.at(-1)).toBe('100 %  1000 bytes of 1000 bytes have arrived');
});

test('on a terminal the line is rewritten, and left at the end', () => {
  const out = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const view = new UploadView(2048, out);
  view.accept(1024);
  view.accept(2048);
  const [, half = '', whole = ''] = String(out.read()).split('\r\x1b[2K');
  expect(half).toBe(`${'█'.repeat(12)}${'░'.repeat(12)}  50 %  1.0 KiB of 2.0 KiB`);
  expect(whole).toBe(`${'█'.repeat(24)} 100 %  2.0 KiB of 2.0 KiB\n`);
});

test('what is written after an upload that stopped on its way has a line of its own', () => {
  const out = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const view = new UploadView(2048, out);
  view.end();
  view.accept(1024);
  view.end();
  view.end();
  view.accept(1024);
  view.tell('gone');
  const half = `\r\x1b[2K${'█'.repeat(12)}${'░'.repeat(12)}  50 %  1.0 KiB of 2.0 KiB\n`;
  expect(String(out.read())).toBe(`${half}${half}gone\n`);
});
