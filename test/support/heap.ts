// What a process of ours holds in memory, asked from outside: its live heap by V8's inspector, after a collection, and
// its resident memory, with garbage and all, as Linux counts it.

import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Program } from './system.js';

/** The environment of a process that can be asked. */
export const inspected: NodeJS.ProcessEnv = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** V8's answer to Runtime.getHeapUsage, in bytes. Buffers lie in the backing storage. */
interface HeapUsage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize: number;
  readonly backingStorageSize: number;
}

export interface MemoryProbe {
  /** Bytes of the heap and of buffers that are in use, after a full collection. */
  live(): Promise<number>;
  /** Resident bytes. */
  resident(): Promise<number>;
  close(): void;
}

/** Asks a process that was started with `inspected`. */
export async function openMemoryProbe({ child, output }: Program): Promise<MemoryProbe> {
  const [address] = /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/.exec(output) ?? [];
  if (address === undefined) throw new Error(`the process says no inspector's address:\n${output}`);
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const waiting = new Map<number, (result: unknown) => void>();
  socket.on('message', (data: Buffer) => {
    const { id, result } = JSON.parse(data.toString()) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let asked = 0;
  const ask = (method: string): Promise<unknown> =>
    new Promise((resolve) => {
      const id = ++asked;
      waiting.set(id, (result) => {
        waiting.delete(id);
        resolve(result);
      });
      socket.send(JSON.stringify({ id, method }));
    });
  return {
    live: async () => {
      await ask('HeapProfiler.collectGarbage');
      const usage = (await ask('Runtime.getHeapUsage')) as HeapUsage;
      return usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize;
    },
    resident: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
    },
    close: () => {
      socket.close();
    },
  };
}
