// `npm run bench`: set-up and build, then our benchmark under the pinned Node; `--peers` compares with others.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { main } from './lib/console.mjs';
import { root } from './lib/paths.mjs';
import { setup } from './setup/index.mjs';

await main(async () => {
  await setup();
  const { build } = await import('./build.mjs');
  await build();
  const args = process.argv.slice(2);
  const program = args[0] === '--peers' ? 'peers.mjs' : 'run.mjs';
  const rest = args[0] === '--peers' ? args.slice(1) : args;
  const child = spawn(process.execPath, [path.join(root, 'bench', program), ...rest], { stdio: 'inherit' });
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
});
