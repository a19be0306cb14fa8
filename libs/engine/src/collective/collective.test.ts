// Real processes on this machine, which run the built worker in testWorker.ts.

import { expect, jest, test } from '@jest/globals';
import { existsSync, statSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePorts, launchWorkers, type LaunchOptions, type WorkerOutcome } from './launch.js';

const source = fileURLToPath(new URL('testWorker.ts', import.meta.url));
const script = source.replace('/src/', '/dist/').replace(/ts$/, 'js');
if (!existsSync(script) || statSync(script).mtimeMs < statSync(source).mtimeMs)
  throw new Error(`${script} is missing or old: run npm run build`);

const PATIENCE_MS = 60_000;

const launch = (
  scenario: string,
  { workers = 2, input = {}, ...options }: Partial<LaunchOptions> = {},
): Promise<WorkerOutcome[]> =>
  launchWorkers({
    script,
    workers,
    timeoutSeconds: 30,
    ...options,
    input: { scenario, ...(input as object) },
  });

/** What the workers report; fails when one ended otherwise. */
async function reports<T>(outcomes: Promise<WorkerOutcome[]>): Promise<T[]> {
  return (await outcomes).map((outcome) => {
    if (outcome.ended === 'report') return outcome.report as T;
    throw new Error(JSON.stringify(outcome));
  });
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly seconds: number;
  readonly sum: number;
}

test(
  'three workers get the sums, means and broadcasts of what they gave',
  async () => {
    const expected = {
      sum: [[6, 12, 18], [60]], // (1 + 2 + 3) times the first worker's
      mean: [[2, 4, 6], [20]],
      apart: [[2, 4, 6], [20]],
      integers: [[3, 21]],
      fromLast: [[3, 6, 9], [30]],
    };
    expect(await reports(launch('operations', { workers: 3 }))).toEqual([expected, expected, expected]);
  },
  PATIENCE_MS,
);

test(
  'a captured step may be traced by each worker in another order; a worker that starts late is waited for',
  async () => {
    // Of ones [4, 2] and fives [3]: sum 8 and 15, mean 1 and 5, greatest value 1 and 5.
    const [first, second] = await reports<number[][]>(launch('captured', { input: { lateWorker: 0 } }));
    expect(first).toEqual([
      [11.5, 3, 1],
      [11.5, 3, 5],
      [11.5, 3, 1],
      [11.5, 3, 5],
    ]);
    expect(second).toEqual(first);
  },
  PATIENCE_MS,
);

test(
  'two workers with half a batch each end with the weights of one with the whole batch',
  async () => {
    type Report = { values: Float32Array[]; digest: string; losses: number[] };
    const input = { steps: 60, batch: 16 };
    const [alone] = await reports<Report>(launch('train', { workers: 1, input }));
    const [first, second] = await reports<Report>(launch('train', { workers: 2, input }));
    expect(second?.digest).toBe(first?.digest);
    const ofTwo = (at: number): number => (alone?.losses[at] ?? 0) + (alone?.losses[at + 1] ?? 0); // There are two batches.
    expect(ofTwo(58)).toBeLessThan(0.7 * ofTwo(0));
    alone?.values.forEach((weights, layer) => {
      const scale = Math.max(...weights.map(Math.abs));
      weights.forEach((weight, at) => {
        const gap = Math.abs(weight - (first?.values[layer]?.[at] ?? Number.NaN)) / scale;
        expect(gap).toBeLessThanOrEqual(1e-6);
      });
    });
    // The loss of the whole batch is the mean over its halves.
    alone?.losses.forEach((loss, step) => {
      const mean = ((first?.losses[step] ?? Number.NaN) + (second?.losses[step] ?? Number.NaN)) / 2;
      expect(Math.abs(mean - loss)).toBeLessThanOrEqual(1e-5 * loss);
    });
  },
  PATIENCE_MS,
);

test(
  'a peer that is killed is an error on the other, which goes on computing',
  async () => {
    const [survivor, dead] = await launch('killed', { timeoutSeconds: 40 });
    expect(dead).toEqual({ ended: 'exit', exitCode: null, signal: 'SIGKILL' });
    expect(survivor).toMatchObject({ ended: 'report', report: { code: 'PEER_LOST', sum: 3 } });
    const { message } = (survivor as { report: Failure }).report;
    expect(message).toMatch(/worker 1 \(127\.0\.0\.1:\d+\) does not answer any more/);
    expect(message).toMatch(/start all workers again from the last checkpoint/);
  },
  PATIENCE_MS,
);

test(
  'workers that disagree about a shape get errors',
  async () => {
    const [first, second] = await reports<Failure>(launch('shapes', { timeoutSeconds: 3 }));
    expect([first?.sum, second?.sum]).toEqual([3, 3]);
    // The one that comes second is told at once, the other when its peer has gone or the time is up.
    const codes = [first?.code ?? '', second?.code ?? ''];
    expect(codes).toContain('INVALID_ARGUMENT');
    for (const code of codes) expect(['INVALID_ARGUMENT', 'PEER_LOST', 'PEER_TIMEOUT']).toContain(code);
    const told = [first, second].find((failure) => failure?.code === 'INVALID_ARGUMENT');
    expect(told?.message).toMatch(/Shape mismatch/);
  },
  PATIENCE_MS,
);

test(
  'a peer that does not come is a time-out',
  async () => {
    const [waiting] = await reports<Failure>(launch('absent', { timeoutSeconds: 2 }));
    expect(waiting).toMatchObject({ code: 'PEER_TIMEOUT', sum: 3 });
  },
  PATIENCE_MS,
);

test(
  'a collective that waits is ended by its signal, and all later ones by abort',
  async () => {
    const [given] = await reports<{ bySignal: Failure; byAbort: Failure }>(launch('aborted'));
    expect(given?.bySignal).toMatchObject({ code: 'CANCELLED', sum: 3 });
    expect(given?.byAbort).toMatchObject({ code: 'CANCELLED', sum: 3 });
    expect(given?.byAbort.message).toMatch(/the run was stopped/);
  },
  PATIENCE_MS,
);

test(
  'ports that are taken before TensorFlow has them are replaced by others',
  async () => {
    const blocker = net.createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const address = blocker.address();
    const taken = typeof address === 'object' && address ? address.port : 0;
    const asked: number[][] = [];
    const choosePorts = async (count: number): Promise<number[]> => {
      const ports = await freePorts(count);
      asked.push(asked.length === 0 ? [ports[0] ?? 0, taken] : ports);
      return asked.at(-1) ?? ports;
    };
    try {
      const sums = await reports<{ sum: number[][] }>(launch('operations', { choosePorts }));
      expect(sums.map(({ sum }) => sum)).toEqual([1, 2].map(() => [[3, 6, 9], [30]]));
      expect(asked).toHaveLength(2);
    } finally {
      blocker.close();
    }
  },
  PATIENCE_MS,
);

test('ports that cannot be had leave no server behind', async () => {
  const servers: net.Server[] = [];
  const { createServer } = net;
  const create = jest.spyOn(net, 'createServer').mockImplementation(() => {
    const server = createServer();
    servers.push(server);
    if (servers.length === 2)
      jest.spyOn(server, 'listen').mockImplementation(() => {
        process.nextTick(() => server.emit('error', new Error('no more sockets')));
        return server;
      });
    return server;
  });
  try {
    await expect(freePorts(3)).rejects.toThrow('no more sockets');
  } finally {
    create.mockRestore();
  }
  expect(servers.map(({ listening }) => listening)).toEqual([false, false, false]);
});

test(
  'workers are killed when the signal of their launch aborts',
  async () => {
    const signal = AbortSignal.timeout(1500);
    await expect(launch('absent', { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  },
  PATIENCE_MS,
);
