// One trainer: an operating-system process that speaks contracts' IPC. Knows nothing of runs or storage.

import type { ToPredictor, ToTrainer } from '@gradstream/contracts';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { z } from 'zod';
import { trainerEnvironment } from './environment.js';
import { LogTail } from './logTail.js';
import { countMemoryKills } from './memoryKills.js';
import { isNotice } from './notices.js';

/** How a trainer ended. */
export interface TrainerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly logTail: string[];
  /** Whether the kernel killed for want of memory while it ran. */
  readonly memoryKill: boolean;
}

/** Who hears a trainer. */
export interface TrainerListener<From> {
  /** What it may say. */
  readonly protocol: z.ZodType<From>;
  /** Called for each message, in order. */
  readonly onMessage: (message: From) => void;
  /** Called when a message is not one of the protocol. */
  readonly onViolation: (error: Error) => void;
  /** Called for each line that it writes, but those of every start. */
  readonly onLine?: (line: string) => void;
}

export class TrainerProcess {
  readonly #child: ChildProcess;
  readonly #log = new LogTail(isNotice);
  readonly #ended: Promise<TrainerExit>;
  /** What it said while nobody listened; null once somebody does. */
  #unheard: unknown[] | null = [];
  #hear: (message: unknown) => void = (message) => this.#unheard?.push(message);
  /** Kills for want of memory before those that may concern who listens. */
  #killsBefore = countMemoryKills();

  /** Starts a program's file in a folder. */
  constructor(program: string, cwd: string) {
    this.#child = fork(program, [], {
      cwd,
      env: trainerEnvironment(process.env),
      // Deprecations concern us, not the reader of a log's last lines.
      execArgv: ['--no-deprecation'],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C in a terminal reaches the worker alone, which then stops its trainers.
      detached: true,
    });
    this.#log.follow(this.#child.stdout);
    this.#log.follow(this.#child.stderr);
    this.#child.on('message', (message) => {
      this.#hear(message);
    });
    this.#ended = this.#untilEnd();
  }

  /** Hears all that it says, from its first word, and lines from now on, in order. Once. */
  listen<From>({ protocol, onMessage, onViolation, onLine }: TrainerListener<From>): void {
    this.#hear = (message) => {
      const { success, data, error } = protocol.safeParse(message);
      if (success) onMessage(data);
      else onViolation(error);
    };
    if (onLine) this.#log.onLine = onLine;
    this.#killsBefore = countMemoryKills();
    const unheard = this.#unheard ?? [];
    this.#unheard = null;
    unheard.forEach(this.#hear);
  }

  /** Whether it runs, as far as this process has heard. */
  get isAlive(): boolean {
    const { connected, exitCode, signalCode } = this.#child;
    return connected && exitCode === null && signalCode === null;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the process has ended and everything that it said was delivered. */
  get ended(): Promise<TrainerExit> {
    return this.#ended;
  }

  /** Says something; to a trainer that is gone, nothing happens. */
  send(message: ToTrainer | ToPredictor): void {
    if (!this.#child.connected) return;
    this.#child.send(message, (error) => {
      if (error) this.#log.add(`(the worker could not send "${message.type}": ${error.message})`);
    });
  }

  /**
   * Holds training before its next step, or lets it go on: the fork's channel knows no back-pressure, and would fill
   * the worker's memory. Said, not forced by SIGSTOP: a stopped process would outlive a worker that is killed.
   */
  hold(held: boolean): void {
    this.send({ type: 'hold', held });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #untilEnd(): Promise<TrainerExit> {
    const child = this.#child;
    const disconnected = new Promise<void>((resolve) => {
      child.once('disconnect', resolve);
    });
    const failed = new Promise<string>((resolve) => {
      child.on('error', (error) => {
        if (child.pid === undefined)
          resolve(error.message); // It never ran, and no exit will follow.
        else this.#log.add(error.message);
      });
    });
    const closed = once(child, 'close').then(() => null);
    const failure = await Promise.race([closed, failed]);
    if (failure === null) await disconnected;
    else this.#log.add(failure);
    return {
      code: child.exitCode,
      signal: child.signalCode,
      logTail: this.#log.lines,
      memoryKill: (await countMemoryKills()) > (await this.#killsBefore),
    };
  }
}
