// How much memory a process takes, by /proc.

import { readFile } from 'node:fs/promises';

/** Resident bytes of a process; null where the system does not say, or when it is gone. */
export async function residentBytes(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
}
