// `npm run bench`: set-up and build, then our benchmark under the pinned Node; `--peers` compares with others, `--service` measures the
// service, `--dashboard` the dashboard.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { main } from './lib/console.mjs';
import { catchInterrupts, interruption } from './lib/interrupt.mjs';
import { root } from './lib/paths.mjs';
import { setup } from './setup/index.mjs';

/** Which program an option asks for. */
const PROGRAMS = new Map([
  ['--peers', 'peers.mjs'],
  ['--service', 'service.mjs'],
  ['--dashboard', 'dashboard.mjs'],
]);

catchInterrupts();
await main(async () => {
  await setup();
  const { build } = await import('./build.mjs');
  await build();
  const args = process.argv.slice(2);
  const program = PROGRAMS.get(args[0] ?? '');
  const rest = program === undefined ? args : args.slice(1);
  const child = spawn(process.execPath, [path.join(root, 'bench', program ?? 'run.mjs'), ...rest], {
    // The channel carries no messages: its end tells the child that we were killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  interruption.addEventListener('abort', () => child.kill('SIGTERM')); // We end when it has.
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
});
