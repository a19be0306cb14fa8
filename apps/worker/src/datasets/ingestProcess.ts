// Reads an upload in a process of its own, within limits of memory and time.

import type { FromIngest, ProblemItem, StartIngest } from '@gradstream/contracts';
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { residentBytes } from '../support/memory.js';
import { plainEnvironment } from '../trainer/environment.js';
import { conversation } from './conversation.js';
import { WRITE_ANEW } from './hints.js';

const PROGRAM = fileURLToPath(import.meta.resolve('@gradstream/worker/ingest'));
const MIB = 2 ** 20;
/** How often the process's memory is looked at, in ms. */
const WATCH_MS = 100;

export interface IngestLimits {
  /** Resident memory of the process, in bytes. */
  readonly memoryBytes: number;
  readonly milliseconds: number;
}

export const INGEST_LIMITS: IngestLimits = { memoryBytes: 2048 * MIB, milliseconds: 30 * 60_000 };

/** Ends a process that exceeds a limit; says which one it was. */
class Guard {
  exceeded: ProblemItem | null = null;
  readonly #watch: NodeJS.Timeout;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly child: ChildProcess,
    { memoryBytes, milliseconds }: IngestLimits,
  ) {
    this.#watch = setInterval(() => void this.#look(memoryBytes), WATCH_MS);
    this.#timer = setTimeout(() => {
      const message = `reading the file takes longer than ${Math.round(milliseconds / 1000)} s`;
      this.#end({ code: 'timeLimit', message, hint: 'Upload fewer rows, or the same in another format' });
    }, milliseconds);
  }

  stop(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#timer);
  }

  async #look(limit: number): Promise<void> {
    const bytes = this.child.pid === undefined ? null : await residentBytes(this.child.pid);
    if (bytes !== null && bytes > limit) this.#end(memoryProblem(limit));
  }

  #end(problem: ProblemItem): void {
    this.exceeded ??= problem;
    this.child.kill('SIGKILL');
  }
}

const memoryProblem = (limit: number): ProblemItem => ({
  code: 'memoryLimit',
  message: `reading the file takes more memory than ${Math.round(limit / MIB)} MiB`,
  hint: 'Upload smaller rows, or row groups of fewer rows',
});

/** What V8 writes when its heap is full. */
const HEAP_FULL = /heap out of memory|Allocation failed/;

export interface IngestOptions {
  readonly limits?: IngestLimits;
  /** Told what a process wrote that ended, or failed, for a reason that it could not give. */
  readonly onFault?: (log: string) => void;
}

/**
 * Reads a file into shards. A file that exceeds a limit, or ends the process, is rejected like one with problems. Throws
 * errors of the disk, and the signal's reason.
 */
export async function ingestInProcess(
  start: StartIngest,
  signal: AbortSignal,
  { limits = INGEST_LIMITS, onFault = () => undefined }: IngestOptions = {},
): Promise<Exclude<FromIngest, { type: 'failed' }>> {
  signal.throwIfAborted();
  const child = fork(PROGRAM, [], {
    env: plainEnvironment(process.env),
    execArgv: [`--max-old-space-size=${Math.floor((0.75 * limits.memoryBytes) / MIB)}`, '--no-deprecation'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true, // Ctrl-C in a terminal reaches the worker alone.
  });
  const guard = new Guard(child, limits);
  const abort = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', abort, { once: true });
  try {
    const { answer, violation, failure, log } = await conversation(child, start);
    signal.throwIfAborted();
    if (failure) throw failure;
    if (answer?.type === 'failed') throw Object.assign(new Error(answer.message), { code: answer.code });
    if (answer) {
      if (answer.type === 'rejected' && answer.problems[0]?.code === 'readerFailed') onFault(log);
      return answer;
    }
    if (guard.exceeded) return { type: 'rejected', problems: [guard.exceeded] };
    if (HEAP_FULL.test(log)) return { type: 'rejected', problems: [memoryProblem(limits.memoryBytes)] };
    if (violation) {
      onFault(violation.message);
      const message = 'what was read of the file is no dataset';
      return { type: 'rejected', problems: [{ code: 'readerFailed', message, hint: WRITE_ANEW }] };
    }
    onFault(log);
    const how = child.signalCode ?? `exit code ${child.exitCode ?? 'unknown'}`;
    const message = `the file ended the process that reads it (${how})`;
    return { type: 'rejected', problems: [{ code: 'readerCrashed', message, hint: WRITE_ANEW }] };
  } finally {
    guard.stop();
    signal.removeEventListener('abort', abort);
    child.kill('SIGKILL');
  }
}
