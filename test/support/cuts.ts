// A road to the API that can be cut: a TCP relay on a port of its own.

import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How often it is looked whether there is a connection to cut, in ms. */
const LOOK_MS = 10;

/** Numbers in [0, 1) from a seed (mulberry32 by Tommy Ettinger, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Road {
  readonly url: string;
  /** Waits until there is a connection, and destroys it once so many more bytes have come from the server. */
  cut(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** A road of one client to a server at 127.0.0.1. */
export async function openRoad(target: string): Promise<Road> {
  const port = Number(new URL(target).port);
  const pairs = new Set<readonly [Socket, Socket]>();
  /** Bytes that may still pass, and what to do after them; null while nothing is to be cut. */
  let plan: { bytes: number; readonly done: () => void } | null = null;

  let closed = false;

  const destroy = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear(); // Sockets that are ending are no connection that the next cut could find.
    plan?.done();
    plan = null;
  };
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => socket.destroy()); // The other side sees the end.
      socket.on('close', () => {
        pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      const passes = plan === null ? chunk.byteLength : Math.min(plan.bytes, chunk.byteLength);
      if (!client.write(chunk.subarray(0, passes))) upstream.pause();
      if (plan === null) return;
      plan.bytes -= passes;
      if (plan.bytes > 0) return;
      // What was let through arrives; a message is torn where the count says.
      client.end(() => {
        destroy();
      });
    });
    client.on('drain', () => upstream.resume());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: async (bytes) => {
      while (pairs.size === 0 && !closed) await delay(LOOK_MS);
      if (bytes === 0 || closed) destroy();
      else await new Promise<void>((done) => (plan = { bytes, done }));
    },
    close: async () => {
      closed = true;
      destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
