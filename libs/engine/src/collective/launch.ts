// Starts the workers of a cluster on this machine, one process each, and hands back what they report.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { EngineError, type EngineErrorCode } from '../errors.js';
import type { ClusterOptions } from './cluster.js';

export interface LaunchOptions {
  /** Path of the module that each process runs; it calls `runWorker`. */
  readonly script: string;
  readonly workers: number;
  /** What every worker is given; whatever structured clones can hold. */
  readonly input?: unknown;
  /** Kills the workers when it aborts. */
  readonly signal?: AbortSignal;
  /** How long a collective waits, in seconds. */
  readonly timeoutSeconds?: number;
  /** Chooses the ports; free ones by default. */
  readonly choosePorts?: (count: number) => Promise<number[]>;
}

/** How a worker ended: with its report, with an error, or without a word. */
export type WorkerOutcome =
  | { readonly ended: 'report'; readonly report: unknown }
  | { readonly ended: 'error'; readonly code: EngineErrorCode | null; readonly message: string }
  | { readonly ended: 'exit'; readonly exitCode: number | null; readonly signal: NodeJS.Signals | null };

/** What a worker is sent. */
interface Assignment {
  readonly cluster: ClusterOptions;
  readonly input: unknown;
}

/** A port may be taken between its choice and TensorFlow's use of it; then all workers start again with others. */
const ATTEMPTS = 5;
const HOST = '127.0.0.1';

/** Ports that are free now. They are held until all are chosen, so that no two are the same. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => net.createServer());
  const started = await Promise.allSettled(
    servers.map((server) => once(server.listen(0, HOST), 'listening')),
  );
  const addresses = servers.map((server) => server.address());
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  for (const start of started) if (start.status === 'rejected') throw start.reason;
  return addresses.map((address) => (typeof address === 'object' && address ? address.port : 0));
}

const isAddressInUse = (outcome: WorkerOutcome): boolean =>
  outcome.ended === 'error' && outcome.code === 'ADDRESS_IN_USE';

/** Runs one process to its end. */
function runProcess(child: ChildProcess, assignment: Assignment): Promise<WorkerOutcome> {
  return new Promise((resolve, reject) => {
    let said: WorkerOutcome | null = null;
    child.on('message', (message) => {
      said = message as WorkerOutcome; // Only `runWorker` speaks on this channel.
    });
    child.on('error', reject); // A process that could not be started may also be one that could not be told or killed.
    child.once('exit', (exitCode, signal) => {
      resolve(said ?? { ended: 'exit', exitCode, signal });
    });
    child.send(assignment);
  });
}

async function launchOnce(options: LaunchOptions): Promise<WorkerOutcome[]> {
  const { script, workers, input, signal, timeoutSeconds, choosePorts = freePorts } = options;
  const addresses = (await choosePorts(workers)).map((port) => `${HOST}:${port}`);
  signal?.throwIfAborted();
  const children: ChildProcess[] = [];
  const killAll = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', killAll, { once: true });
  try {
    while (children.length < workers) children.push(fork(script, { serialization: 'advanced' }));
    return await Promise.all(
      children.map(async (child, taskIndex) => {
        const cluster = { addresses, taskIndex, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) };
        const outcome = await runProcess(child, { cluster, input });
        if (isAddressInUse(outcome)) killAll(); // The others would wait for this one.
        return outcome;
      }),
    );
  } finally {
    signal?.removeEventListener('abort', killAll);
    killAll();
  }
}

/**
 * Starts `workers` processes on this machine as one cluster and waits until all have ended. A worker that fails is no
 * error here: its outcome says how, and the others learn of it by PEER_LOST. Rejects when the signal has aborted, or
 * with ADDRESS_IN_USE when no set of ports could be had.
 */
export async function launchWorkers(options: LaunchOptions): Promise<WorkerOutcome[]> {
  for (let attempt = 1; ; attempt++) {
    const outcomes = await launchOnce(options);
    options.signal?.throwIfAborted();
    const refused = outcomes.find(isAddressInUse);
    if (!refused) return outcomes;
    if (attempt < ATTEMPTS) continue;
    const message = `no free ports for ${options.workers} workers after ${ATTEMPTS} attempts: end what takes them`;
    throw new EngineError('ADDRESS_IN_USE', message);
  }
}

/**
 * The other end of `launchWorkers`: takes the assignment, runs `body`, sends what it returns, and ends the process, for
 * TensorFlow's server would keep it alive. The body starts the engine with `collective: cluster`.
 */
export function runWorker(body: (cluster: ClusterOptions, input: unknown) => unknown): void {
  const finish = (outcome: WorkerOutcome): void => {
    process.send?.(outcome, () => process.exit(outcome.ended === 'report' ? 0 : 1));
  };
  process.once('message', ({ cluster, input }: Assignment) => {
    Promise.resolve()
      .then(() => body(cluster, input))
      .then((report) => {
        finish({ ended: 'report', report });
      })
      .catch((error: unknown) => {
        const code = error instanceof EngineError ? error.code : null;
        finish({ ended: 'error', code, message: error instanceof Error ? error.message : String(error) });
      });
  });
  process.once('disconnect', () => process.exit(1)); // Whoever launched it is gone.
}
