// Storage against real S3, and against one that stalls.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Storage } from '@gradstream/platform';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { startApi, type TestApi } from '../support/app.js';

// Starting an application takes a second, and more on a machine that is busy.
jest.setTimeout(30_000);

const started: TestApi[] = [];
afterAll(async () => {
  for (const api of started) await api.stop();
});

/** A storage with settings of its own. */
async function storageOf(env: NodeJS.ProcessEnv): Promise<Storage> {
  const api = await startApi(env);
  started.push(api);
  return api.app.get(Storage);
}

test.each([
  ['https://s3.amazonaws.com', 'https://models.s3.eu-west-1.amazonaws.com'], // Of this one the bucket is in the host's name.
  ['https://s3.eu-west-1.amazonaws.com', 'https://s3.eu-west-1.amazonaws.com'],
  ['http://127.0.0.1:9000', 'http://127.0.0.1:9000'],
])('uploads to %s go to %s', async (S3_ENDPOINT, origin) => {
  const storage = await storageOf({ S3_ENDPOINT, S3_BUCKET: 'models', S3_REGION: 'eu-west-1' });
  expect(await storage.uploadOrigin()).toBe(origin);
});

test('many that need a new bucket at once all find it', async () => {
  const S3_BUCKET = `gradstream-${randomBytes(6).toString('hex')}`;
  const storages = [await storageOf({ S3_BUCKET }), await storageOf({ S3_BUCKET })];
  await Promise.all(
    storages.flatMap((storage, index) => [
      storage.putBytes(`a${index}`, Buffer.from('a')),
      storage.putBytes(`b${index}`, Buffer.from('b')),
    ]),
  );
  expect(await storages[0]?.stat('b1')).toEqual({ bytes: 1 });
});

test('an object is copied inside of the storage, and removed', async () => {
  const storage = await storageOf({});
  const [from, to] = [`test/${randomBytes(6).toString('hex')}`, `test/${randomBytes(6).toString('hex')}`];
  await storage.putBytes(from, Buffer.from('content'));
  await storage.copy(from, to);
  await storage.remove(from);
  await storage.remove(from);
  expect(await storage.stat(from)).toBeNull();
  expect(await text(await storage.openRead(to))).toBe('content');
  await expect(storage.copy(from, to)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

describe('a storage of the test', () => {
  const content = Buffer.from(`the ${'content '.repeat(10)}`);
  let server: Server;
  let storage: Storage;
  let folder = '';
  const sent: IncomingHttpHeaders[] = [];
  /** The answer to the last GET, which is not complete. */
  let open: ServerResponse;

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      if (request.method === 'PUT') sent.push(request.headers);
      response.setHeader('etag', '"a"');
      response.setHeader('last-modified', new Date(0).toUTCString());
      response.setHeader('content-length', content.byteLength);
      if (request.method === 'GET') {
        open = response;
        response.write('the'); // And nothing more.
      } else {
        if (request.method === 'PUT') response.setHeader('content-length', 0);
        response.end();
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    storage = await storageOf({ S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    folder = await mkdtemp(path.join(tmpdir(), 'gradstream-storage-'));
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  test('a reading that stalls ends in time', async () => {
    const stream = await storage.openRead('a', undefined, 50);
    await expect(text(stream)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  test('a reading ends with its signal', async () => {
    const stop = new AbortController();
    const stream = await storage.openRead('a', stop.signal);
    const read = text(stream);
    stop.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
  });

  describe('a download', () => {
    beforeEach(() => {
      jest.useFakeTimers({
        doNotFake: [
          ...(['Date', 'hrtime', 'performance', 'nextTick', 'queueMicrotask'] as const),
          ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
        ],
      });
    });
    afterEach(() => {
      jest.useRealTimers();
    });
    const file = (): string => path.join(folder, 'copy');
    /** Waits until so many bytes are in the file. */
    const until = async (bytes: number): Promise<void> => {
      while ((await stat(file()).catch(() => null))?.size !== bytes) await turn();
    };

    test('may take more than an hour, while something comes each minute', async () => {
      const download = storage.downloadTo('a', file());
      await until(3);
      for (let at = 3; at < content.byteLength - 1; at++) {
        jest.advanceTimersByTime(59_000);
        open.write(content.subarray(at, at + 1));
        await until(at + 1);
      }
      jest.advanceTimersByTime(59_000);
      open.end(content.subarray(-1));
      const sha256 = createHash('sha256').update(content).digest('hex');
      expect(await download).toEqual({ bytes: content.byteLength, sha256 });
      await rm(file());
    });

    test('that brings nothing for a minute ends, and leaves no file', async () => {
      const download = storage.downloadTo('a', file());
      const ended = expect(download).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      await until(3);
      jest.advanceTimersByTime(60_000);
      await ended;
      expect(await readdir(folder)).not.toContain('copy');
    });
  });

  test('the hash of what is sent is signed, for S3 to check', async () => {
    const file = path.join(folder, 'a');
    await writeFile(file, content);
    await storage.putBytes('a', content);
    await storage.putFile('b', file, { bytes: content.byteLength + 1 }).catch(() => undefined);
    // Amazon S3, "Signature Calculations for the Authorization Header": x-amz-content-sha256.
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(sent.map((headers) => headers['x-amz-content-sha256'])).toEqual([sha256, sha256]);
  });
});
