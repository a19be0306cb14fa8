// What the kernel says about killing for want of memory: the only ground for calling a SIGKILL that.

import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Count of kills in the text of memory.events (cgroup v2), memory.oom_control (v1) or /proc/vmstat. */
export function parseMemoryKills(text: string): number | null {
  const match = /^oom_kill (\d+)$/m.exec(text);
  return match ? Number(match[1]) : null;
}

/** The folder of this process's cgroup from /proc/self/cgroup; the root when it does not say. */
export function cgroupFolder(text: string): string {
  const unified = /^0::(\/.*)$/m.exec(text)?.[1] ?? '/';
  return path.join('/sys/fs/cgroup', unified);
}

/** How many processes the kernel has killed for want of memory; 0 where it does not say. */
export async function countMemoryKills(): Promise<number> {
  const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
  const folder = cgroupFolder(await read('/proc/self/cgroup'));
  const files = [path.join(folder, 'memory.events'), '/sys/fs/cgroup/memory.events', '/proc/vmstat'];
  for (const file of files) {
    const count = parseMemoryKills(await read(file));
    if (count !== null) return count;
  }
  return 0;
}
