import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { followEvents, followRun } from './follow.js';
import { Http } from './http.js';

let server: WebSocketServer | undefined;

afterEach(() => {
  for (const client of server?.clients ?? []) client.terminate();
  server?.close();
});

/** What a connection does when the client has subscribed. */
type Script = (socket: WebSocket, send: (type: string, payload?: unknown) => void, after: unknown) => void;

/** A server that speaks graphql-transport-ws; each connection follows the next script, the last one for good. */
async function serve(...scripts: Script[]): Promise<{ http: Http; connections: () => number }> {
  let count = 0;
  const started = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/graphql' });
  server = started;
  started.on('connection', (socket) => {
    const script = scripts[Math.min(count++, scripts.length - 1)];
    socket.on('message', (data: Buffer) => {
      const { type, id, payload } = JSON.parse(data.toString()) as {
        type: string;
        id: string;
        payload?: { variables?: { after?: unknown } };
      };
      if (type === 'connection_init') socket.send(JSON.stringify({ type: 'connection_ack' }));
      if (type !== 'subscribe') return;
      const send = (answer: string, content?: unknown): void => {
        socket.send(JSON.stringify({ id, type: answer, payload: content }));
      };
      script?.(socket, send, payload?.variables?.after);
    });
  });
  await once(started, 'listening');
  const { port } = started.address() as AddressInfo;
  return {
    http: new Http({ url: `http://127.0.0.1:${port}`, apiKey: 'gs_test' }),
    connections: () => count,
  };
}

const batch = (cursor: string, done: boolean): object => ({
  data: { runMetrics: { points: [], cursor, rewoundTo: null, done } },
});
const failure = (code: string): object => ({ message: 'what happened', extensions: { code } });

/** All that a follower is given. */
async function follow(http: Http): Promise<string[]> {
  const cursors: string[] = [];
  for await (const { cursor } of followRun(http, 'run_1', {})) cursors.push(cursor);
  return cursors;
}

describe('followRun', () => {
  test('a lost connection is taken up after the last cursor', async () => {
    const asked: unknown[] = [];
    const { http } = await serve(
      (socket, send, after) => {
        asked.push(after);
        send('next', batch('a', false));
        setTimeout(() => {
          socket.terminate();
        }, 20);
      },
      (_, send, after) => {
        asked.push(after);
        send('next', batch('b', true));
      },
    );
    expect(await follow(http)).toEqual(['a', 'b']);
    expect(asked).toEqual([null, 'a']);
  });

  test('a service that is away only delays it', async () => {
    const { http, connections } = await serve(
      (_, send) => {
        send('next', { data: null, errors: [failure('SERVICE_UNAVAILABLE')] });
      },
      (_, send) => {
        send('next', batch('a', true));
      },
    );
    expect(await follow(http)).toEqual(['a']);
    expect(connections()).toBe(2);
  });

  test('a limit that its own lost connection still counts for only delays it', async () => {
    const { http } = await serve(
      (socket, send) => {
        send('next', batch('a', false));
        setTimeout(() => {
          socket.terminate();
        }, 20);
      },
      (_, send) => {
        send('next', { data: null, errors: [failure('RATE_LIMITED')] });
      },
      (_, send) => {
        send('next', batch('b', true));
      },
    );
    expect(await follow(http)).toEqual(['a', 'b']);
  });

  test('an end while it connects to a server that goes away throws nothing but that', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const ending = new AbortController();
    const http = new Http({ url: `http://127.0.0.1:${port}`, apiKey: 'gs_test' });
    const next = followRun(http, 'run_1', { signal: ending.signal }).next();
    const [socket] = (await once(silent, 'connection')) as [Socket];
    ending.abort(new Error('enough'));
    socket.destroy();
    silent.close();
    await expect(next).rejects.toThrow('enough'); // Jest fails the test for a rejection that nobody handles.
  });

  test.each([
    ['a limit that is reached', 'next', { data: null, errors: [failure('RATE_LIMITED')] }, 'RATE_LIMITED'],
    ['an error of the run', 'next', { data: null, errors: [failure('NOT_FOUND')] }, 'NOT_FOUND'],
    ['an error of the caller', 'next', { data: null, errors: [failure('FORBIDDEN')] }, 'FORBIDDEN'],
    ['a refused operation', 'error', [failure('BAD_CURSOR')], 'BAD_CURSOR'],
    ['a code that is not known', 'error', [failure('NEW')], 'INTERNAL'],
  ])('%s ends it with its code', async (_, type, payload, code) => {
    const { http, connections } = await serve((__, send) => {
      send(type, payload);
    });
    await expect(follow(http)).rejects.toMatchObject({ code, detail: 'what happened' });
    expect(connections()).toBe(1);
  });

  test.each([
    [4403, 'UNAUTHENTICATED'],
    [4400, 'INTERNAL'],
  ])('a close with %i ends it', async (close, code) => {
    const { http, connections } = await serve((socket) => {
      socket.close(close, 'why');
    });
    await expect(follow(http)).rejects.toMatchObject({ code, detail: expect.stringContaining('why') });
    expect(connections()).toBe(1);
  });

  test('an answer of another form ends it', async () => {
    const { http, connections } = await serve((_, send) => {
      send('next', { data: { runMetrics: { points: 'none' } } });
    });
    await expect(follow(http)).rejects.toMatchObject({ name: 'ZodError' });
    expect(connections()).toBe(1);
  });
});

test('events are followed in the same way, and come typed', async () => {
  const event = { type: 'rewound', toStep: 3 };
  const stored = { seq: 1, attempt: 2, step: 3, time: '2026-01-01T00:00:00.000Z', event };
  const asked: unknown[] = [];
  const { http } = await serve(
    (socket, send, after) => {
      asked.push(after);
      send('next', { data: { runEvents: { events: [stored], cursor: 'a', done: false } } });
      setTimeout(() => {
        socket.terminate();
      }, 20);
    },
    (_, send, after) => {
      asked.push(after);
      send('next', { data: { runEvents: { events: [], cursor: 'b', done: true } } });
    },
  );
  const seen: unknown[] = [];
  for await (const { events } of followEvents(http, 'run_1', {})) seen.push(...events);
  expect(seen).toEqual([stored]);
  expect(asked).toEqual([null, 'a']);
});
