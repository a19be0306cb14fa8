import { pino, type DestinationStream, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import type { LoggerService } from '@nestjs/common';

/** Paths whose values never reach a log. */
const SECRETS = ['authorization', 'apiKey', 'secret', 'password', 'token', 'cookie']
  .flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
  .concat(['req.headers["x-api-key"]', 'res.headers["set-cookie"]']);

/** Secrets of API keys, wherever they stand in a line. */
const API_KEY = /gs_[\w-]{8}_[\w-]{43}/g;

export type Log = PinoLogger;

/** A structured log, on standard output unless said otherwise. */
export function createLog(name: string, level: string, destination?: DestinationStream): Log {
  const options: LoggerOptions = {
    name,
    level,
    redact: { paths: SECRETS, censor: '[redacted]' },
    hooks: { streamWrite: (line) => line.replace(API_KEY, '[redacted]') },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination ? pino(options, destination) : pino(options);
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
