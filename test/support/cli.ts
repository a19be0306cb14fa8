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

/** Runs a command to its end. Rejects when it did not come to one of its own: it could not start, or a signal ended it. */
export function runCli(
  args: readonly string[],
  { url, apiKey, cwd, interruptAt, isUnread }: CliOptions,
): Promise<Written> {
  const env = { ...process.env, GRADSTREAM_URL: url, GRADSTREAM_API_KEY: apiKey };
  const lines = (text: string): string[] => text.trimEnd().split('\n').filter(Boolean);
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [MAIN, ...args], { env, cwd }, (error, out, err) => {
      const code = error ? error.code : 0;
      if (typeof code === 'number') resolve({ code, out: lines(out), err: lines(err) });
      else reject(new Error(`${args.join(' ')} ended by ${error?.signal ?? String(code)}`, { cause: error }));
    });
    if (isUnread) child.stdout?.destroy();
    if (interruptAt === undefined) return;
    let written = '';
    child.stdout?.on('data', (text: string) => {
      if ((written += text).includes(interruptAt)) child.kill('SIGINT');
    });
  });
}
