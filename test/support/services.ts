// Faults of the local services.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const tool = path.resolve(import.meta.dirname, '../../tools/services.mjs');

/** Kills a service; its supervisor brings it back after a while. */
export async function killService(name: string, downForMs: number): Promise<void> {
  await promisify(execFile)(process.execPath, [tool, 'kill', name, '--down-for', String(downForMs)]);
}

/** Sends a signal to a service: SIGSTOP makes it silent, SIGCONT lets it go on. */
export function signalService(name: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
  const file = path.join(process.env['GRADSTREAM_DATA'] ?? '', 'run', `${name}.json`);
  process.kill((JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid, signal);
}
