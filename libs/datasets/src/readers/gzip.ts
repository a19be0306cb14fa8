// Files that may be compressed with gzip: found by their first bytes, not by their names.

import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { unreadable } from './problems.js';

const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** The chunks of a source of which the first was already taken. */
async function* withFirst(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** At least two bytes, or all there are. */
async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = Buffer.alloc(0);
  while (head.byteLength < 2) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = head.byteLength === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

/** Decompressed bytes. Who reads them sets the limit: no more is held here than a few chunks. */
async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source, { objectMode: false });
  const output = createGunzip();
  input.once('error', (error) => output.destroy(error));
  input.pipe(output);
  try {
    for await (const chunk of output) yield chunk as Uint8Array;
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    if (!code.startsWith('Z_')) throw cause;
    const message = 'its compressed data is cut off or damaged';
    throw unreadable({ code: 'gzip', message, hint: 'Compress it again with gzip' }, cause);
  } finally {
    input.destroy();
    output.destroy();
  }
}

/** A stream's bytes, decompressed when they are gzip. */
export async function* maybeGunzip(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  const bytes = (async function* () {
    for await (const chunk of source) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  })();
  const head = await readHead(bytes);
  const whole = withFirst(head, bytes);
  yield* isGzip(head) ? gunzip(whole) : whole;
}
