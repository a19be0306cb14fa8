// Takes runs on and keeps their sessions, so that a shutdown can give them back.

import { Attempts, CheckpointCommits } from '@gradstream/domain';
import { Config, Logger } from '@gradstream/platform';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { retryWhileAway } from '../support/retry.js';
import { WarmTrainers } from '../trainer/warm.js';
import { RunFiles } from './files.js';
import { RunSession } from './session.js';

const TRAINER = fileURLToPath(import.meta.resolve('@gradstream/trainer'));

@Injectable()
export class RunRunner implements OnApplicationBootstrap {
  readonly #sessions = new Set<RunSession>();
  readonly #trainers: WarmTrainers;

  constructor(
    private readonly attempts: Attempts,
    private readonly commits: CheckpointCommits,
    private readonly files: RunFiles,
    private readonly config: Config,
    private readonly logger: Logger,
  ) {
    const { threads, warmTrainers: count } = config.worker;
    const { tensorflowDir } = config;
    this.#trainers = new WarmTrainers({
      program: TRAINER,
      cwd: tmpdir(),
      tensorflowDir,
      threads,
      count,
    });
  }

  onApplicationBootstrap(): void {
    this.#trainers.refill();
  }

  /** Runs a run if it waits for a worker; else nothing happens. */
  async run(runId: string, signal: AbortSignal): Promise<void> {
    const { log } = this.logger;
    const { worker, tensorflowDir } = this.config;
    const claimed = await retryWhileAway(() => this.attempts.claim(runId, worker.id), { signal });
    if (!claimed) {
      log.debug({ run: runId }, 'nothing to do: the run has a worker, has to wait, or has ended');
      return;
    }
    log.info({ run: runId, attempt: claimed.attempt }, 'taken on');
    const parts = {
      attempts: this.attempts,
      commits: this.commits,
      files: this.files,
      log,
      trainers: this.#trainers,
      trainer: { tensorflowDir, threads: worker.threads },
    };
    const session = new RunSession(parts, claimed);
    this.#sessions.add(session);
    if (signal.aborted) session.stop('shutdown');
    try {
      await session.run();
    } finally {
      this.#sessions.delete(session);
    }
  }

  /** Stops all trainers; their runs are given back. */
  stopAll(): void {
    this.#trainers.stop();
    for (const session of this.#sessions) session.stop('shutdown');
  }
}
