// Names of processes that tell, later and to others, whether the process still lives.

import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** When a process began, in ticks since boot, which tells it from a later one of the same number. '0' where /proc is not. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field, the program's name, is in brackets and may hold anything; the third is the state, the 22nd the start.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return 'ended'; // Only its parent has not looked yet.
  return fields[19] ?? '0';
}

/** Where process numbers mean the same: a host, and on it a container's own namespace. */
async function place(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${hostname()}.${/\d+/.exec(namespace)?.[0] ?? '0'}`;
}

/** The name of a process of this place. */
export async function nameProcess(pid: number): Promise<string> {
  return `${await place()}-${pid}-${await startOf(pid)}`;
}

/** Whether a named process lives; null when it is of another place and cannot be asked. */
export async function isAlive(name: string): Promise<boolean | null> {
  const [, at, pid] = /^(.*)-(\d+)-\d+$/.exec(name) ?? [];
  if (at !== (await place())) return null;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // EPERM: it is there, and belongs to another user.
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EPERM') return false;
  }
  return (await nameProcess(Number(pid))) === name;
}
