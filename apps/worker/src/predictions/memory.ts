import { readFile } from 'node:fs/promises';

const PAGE_BYTES = 4096; // Of x64 and of most arm64 kernels.

/** Memory that a process has in RAM, in bytes (proc(5), statm); 0 for one that is gone, and where /proc is not. */
export async function residentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  return Number(text.split(' ')[1] ?? 0) * PAGE_BYTES;
}
