// The command line, as a person runs it.

import { execFile } from 'node:child_process';
import path from 'node:path';

const MAIN = path.resolve(import.meta.dirname, '../../apps/cli/dist/main.js');

/** What a command wrote, and its exit code. */
export interface Written {
  readonly code: number;
  readonly out: string[];
  readonly err: string[];
}

interface CliOptions {
  readonly url: string;
  readonly apiKey: string;
  /** Where it runs; here where nothing is said. */
  readonly cwd?: string;
  /** It is interrupted, as by Ctrl-C, once it has written this. */
  readonly interruptAt?: string;
  /** Nobody reads what it writes to standard output. */
  readonly isUnread?: boolean;
}

/** Runs a command to its end. */
export function runCli(
  args: readonly string[],
  { url, apiKey, cwd, interruptAt, isUnread }: CliOptions,
): Promise<Written> {
  const env = { ...process.env, GRADSTREAM_URL: url, GRADSTREAM_API_KEY: apiKey };
  const lines = (text: string): string[] => text.trimEnd().split('\n').filter(Boolean);
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], { env, cwd }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out: lines(out), err: lines(err) });
    });
    if (isUnread) child.stdout?.destroy();
    if (interruptAt === undefined) return;
    let written = '';
    child.stdout?.on('data', (text: string) => {
      if ((written += text).includes(interruptAt)) child.kill('SIGINT');
    });
  });
}
