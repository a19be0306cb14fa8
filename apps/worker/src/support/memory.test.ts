import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { residentBytes } from './memory.js';

test('resident memory is what the system says', async () => {
  const script =
    'globalThis.held = Buffer.alloc(200 * 2 ** 20, 1); console.log("ready"); setInterval(() => 0, 1000);';
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const bytes = (await residentBytes(child.pid ?? 0)) ?? 0;
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(bytes).toBeGreaterThan(200 * 2 ** 20);
  expect(bytes).toBeLessThan(400 * 2 ** 20);
  expect(await residentBytes(2 ** 30)).toBeNull();
});
