import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Http } from './http.js';

let server: Server | undefined;

/** A real server that answers with each handler in turn. */
async function serve(
  ...handlers: ((request: IncomingMessage, response: ServerResponse) => void)[]
): Promise<Http> {
  let count = 0;
  const started = createServer((request, response) => {
    const handler = handlers[Math.min(count++, handlers.length - 1)];
    handler?.(request, response);
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const { port } = started.address() as AddressInfo;
  return new Http({ url: `http://127.0.0.1:${port}/`, apiKey: 'gs_test' });
}

const problem = (code: string, status: number): string =>
  JSON.stringify({
    type: 'about:blank',
    title: 't',
    status,
    detail: 'what happened',
    code,
    errors: [{ pointer: '/a', code: 'bad', message: 'm' }],
  });

afterEach(() => {
  server?.close();
});

test('a browser that is asked over plain HTTP, where it has no randomUUID, sends another key with each request', async () => {
  const keys: unknown[] = [];
  const http = await serve((request, response) => {
    keys.push(request.headers['idempotency-key']);
    response.end('{}');
  });
  const spy = jest.spyOn(crypto, 'randomUUID').mockImplementation(() => {
    throw new TypeError('crypto.randomUUID is not a function');
  });
  await http.post('/a', {});
  await http.post('/a', {});
  spy.mockRestore();
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).not.toBe(keys[0]);
});

describe('Http', () => {
  test('sends the key, and the body as JSON', async () => {
    const http = await serve((request, response) => {
      response.end(
        JSON.stringify({ auth: request.headers.authorization, type: request.headers['content-type'] }),
      );
    });
    expect(await http.post('/x', { a: 1 })).toEqual({ auth: 'Bearer gs_test', type: 'application/json' });
  });

  test('turns problem details into a typed error', async () => {
    const http = await serve((_, response) => response.writeHead(422).end(problem('MODEL_INVALID', 422)));
    await expect(http.get('/x')).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      detail: 'what happened',
      errors: [{ pointer: '/a' }],
    });
  });

  test('tries again after 503, with the same idempotency key', async () => {
    const keys: (string | string[] | undefined)[] = [];
    const http = await serve(
      (request, response) => {
        keys.push(request.headers['idempotency-key']);
        response.writeHead(503, { 'retry-after': '0' }).end(problem('SERVICE_UNAVAILABLE', 503));
      },
      (request, response) => {
        keys.push(request.headers['idempotency-key']);
        response.end('{"ok":true}');
      },
    );
    expect(await http.post('/x', {})).toEqual({ ok: true });
    expect(keys[0]).toBeDefined();
    expect(keys[1]).toBe(keys[0]);
  });

  test('tries again while the first try of the same request is still being answered', async () => {
    const http = await serve(
      (_, response) =>
        response.writeHead(409, { 'retry-after': '0' }).end(problem('IDEMPOTENCY_IN_FLIGHT', 409)),
      (_, response) => response.end('{"ok":true}'),
    );
    expect(await http.post('/x', {})).toEqual({ ok: true });
  });

  test('an upload is sent again after 503, and a refused one is an error of the catalogue', async () => {
    const bodies: string[] = [];
    const keep = (request: IncomingMessage): void => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    };
    const http = await serve(
      (request, response) => {
        keep(request);
        request.on('end', () => response.writeHead(503).end('<Error/>'));
      },
      (request, response) => {
        keep(request);
        request.on('end', () => response.end());
      },
      (_, response) => response.writeHead(403).end('<Error/>'),
    );
    const plan = { method: 'PUT', url: `${http.url}/file`, expiresAt: '' } as const;
    await http.upload(plan, new TextEncoder().encode('a,b'));
    expect(bodies).toEqual(['a,b', 'a,b']);
    await expect(http.upload(plan, new Uint8Array())).rejects.toMatchObject({ code: 'UPLOAD_INCOMPLETE' });
  });

  test('a storage that is not there is an error of the catalogue', async () => {
    const http = new Http({ url: 'http://127.0.0.1:1', apiKey: 'gs_test', retries: 0 });
    const plan = { method: 'PUT', url: 'http://127.0.0.1:1/file', expiresAt: '' } as const;
    await expect(http.upload(plan, new Uint8Array())).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      detail: expect.stringContaining('storage'),
    });
  });

  test('does not try again what the server refused', async () => {
    let calls = 0;
    const http = await serve((_, response) => {
      calls++;
      response.writeHead(409).end(problem('CONFLICT', 409));
    });
    await expect(http.get('/x')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(calls).toBe(1);
  });

  test('says so when the answer is no problem details', async () => {
    const http = await serve((_, response) => response.writeHead(500).end('<html>'));
    await expect(http.get('/x')).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('<html>'),
    });
  });
});
