import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { MultipartPlan } from '@gradstream/contracts';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Http } from '../http.js';
import { sendParts, sourceOf } from './uploads.js';

const ID = `ds_${'0'.repeat(32)}`;
const HOUR = 3_600_000;
const FILE = new TextEncoder().encode('aabbc');

let server: Server;
let url = '';
/** What the storage took: the path and the content of each PUT, and 403 for paths that end so. */
let taken: string[];
let refused: RegExp;

beforeEach(async () => {
  taken = [];
  server = createServer((request, response) => {
    void text(request).then((content) => {
      const path = request.url ?? '';
      taken.push(`${path} ${content}`);
      if (refused.test(path)) response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
      else response.writeHead(200, { etag: `"${content}"` }).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The plan of a file of three parts, of which some have arrived; its URLs end so. */
const planOf = (end: string, milliseconds: number, arrived: readonly number[] = []): MultipartPlan => ({
  partBytes: 2,
  parts: [2, 2, 1].map((bytes, index) => {
    const number = index + 1;
    return arrived.includes(number)
      ? { number, bytes, etag: `arrived ${number}`, url: null }
      : { number, bytes, etag: null, url: `${url}/${number}/${end}` };
  }),
  expiresAt: new Date(Date.now() + milliseconds).toISOString(),
});

const send = (plan: MultipartPlan, renew: () => Promise<MultipartPlan>, told: number[] = []) =>
  sendParts(new Http({ url, apiKey: 'gs_test' }), { id: ID, plan, renew }, sourceOf(FILE), {
    onProgress: (bytes) => told.push(bytes),
  });

test('URLs that are over are asked for anew, and the upload goes on', async () => {
  refused = /[23]\/old$/;
  let renewed = 0;
  const told: number[] = [];
  const renew = () => Promise.resolve(planOf(`new${++renewed}`, HOUR, [1]));
  expect(await send(planOf('old', HOUR), renew, told)).toEqual([
    { number: 1, etag: '"aa"' },
    { number: 2, etag: '"bb"' },
    { number: 3, etag: '"c"' },
  ]);
  expect(taken).toEqual(['/1/old aa', '/2/old bb', '/2/new1 bb', '/3/new1 c']);
  expect(told).toEqual([2, 4, 5]);
});

test('URLs that are about to be over are not used', async () => {
  refused = /none$/;
  const renew = () => Promise.resolve(planOf('new', HOUR));
  await send(planOf('old', 10_000, [1]), renew);
  expect(taken).toEqual(['/2/new bb', '/3/new c']);
});

test('a part that has arrived meanwhile is not sent again', async () => {
  refused = /2\/old$/;
  const sent = await send(planOf('old', HOUR), () => Promise.resolve(planOf('new', HOUR, [1, 2])));
  expect(sent[1]).toEqual({ number: 2, etag: 'arrived 2' });
  expect(taken).toEqual(['/1/old aa', '/2/old bb', '/3/new c']);
});

test('a part that is refused by a new URL as well ends the upload, which says how to go on', async () => {
  refused = /2\/(old|new)$/;
  await expect(send(planOf('old', HOUR), () => Promise.resolve(planOf('new', HOUR)))).rejects.toMatchObject({
    code: 'UPLOAD_INCOMPLETE',
    detail: expect.stringMatching(new RegExp(`part 2 .*resume\\("${ID}", file\\)`)),
  });
  expect(taken).toEqual(['/1/old aa', '/2/old bb', '/2/new bb']);
});
