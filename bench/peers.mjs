#!/usr/bin/env node
// `npm run bench:peers`: first whether all train the same networks, then the speed of all, interleaved, in one run.
// The peers' programs (Keras, JAX, PyTorch) lie in a folder beside this checkout, or in GRADSTREAM_PEERS; options go to
// their run.mjs: --workloads, --stats, --precision, --rounds, --repeats, --out.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const peers = path.resolve(process.env['GRADSTREAM_PEERS'] ?? path.join(here, '..', '..', 'shared', 'bench'));
if (!existsSync(path.join(peers, 'run.mjs'))) {
  console.error(`The peers' programs are not in ${peers}. Set GRADSTREAM_PEERS to their folder.`);
  process.exit(1);
}
const ours = `"${process.execPath}" "${path.join(here, 'one.mjs')}"`;
const options = process.argv.slice(2);
const at = options.indexOf('--workloads');
const which = at === -1 ? [] : options.slice(at, at + 2);

/** Runs one of the peers' programs with ours beside them. */
function run(/** @type {string} */ program, /** @type {string[]} */ args) {
  const { status } = spawnSync(process.execPath, [path.join(peers, program), ...args, '--also', ours], {
    stdio: 'inherit',
  });
  return status ?? 1;
}

if (run('check.mjs', which) !== 0) {
  console.error('The programs do not train the same networks: their speeds cannot be compared.');
  process.exit(1);
}
process.exitCode = run('run.mjs', options);
