import { pino, type Logger as PinoLogger } from 'pino';
import type { LoggerService } from '@nestjs/common';

/** Paths whose values never reach a log. */
const SECRETS = ['authorization', 'apiKey', 'secret', 'password', 'token', 'cookie']
  .flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  .concat(['req.headers["x-api-key"]', 'res.headers["set-cookie"]']);

export type Log = PinoLogger;

/** A structured log on standard output. */
export function createLog(name: string, level: string): Log {
  return pino({
    name,
    level,
    redact: { paths: SECRETS, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}

/** The token that the process's log is injected by. */
export class Logger {
  constructor(readonly log: Log) {}
}

/** Nest's own messages, through our log. */
export class NestLog implements LoggerService {
  constructor(private readonly out: Log) {}

  log(message: unknown, context?: unknown): void {
    this.out.debug({ context }, String(message));
  }
  warn(message: unknown, context?: unknown): void {
    this.out.warn({ context }, String(message));
  }
  error(message: unknown, stack?: unknown, context?: unknown): void {
    this.out.error({ context, stack }, String(message));
  }
}
