import { readFileSync } from 'node:fs';

/** Whether a process runs; one that has ended, and whose parent has not looked yet, does not. */
export function runs(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
