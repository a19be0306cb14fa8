// `npm run check`: format, lint, types, import directions and cycles, dead code, file sizes, unit tests.
// Every check runs even when an earlier one failed, so that one run shows all there is to mend.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkSizes } from './check-sizes.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @type {[string, string[]][]} name and command of each check that is a program */
const PROGRAMS = [
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['types', ['tsc', '-p', 'tsconfig.json', '--pretty', 'false']],
  ['types of the dashboard', ['tsc', '-p', 'apps/dashboard/tsconfig.json', '--pretty', 'false']],
  [
    'lint',
    ['eslint', '--max-warnings', '0', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '.'],
  ],
  ['imports', ['depcruise', '--config', '.dependency-cruiser.mjs', '--output-type', 'err', 'apps', 'libs']],
  [
    'dead code',
    ['knip', '--no-progress', '--include', 'files,exports,types,dependencies,unlisted,duplicates'],
  ],
  ['openapi', ['redocly', 'lint', '--format', 'stylish', 'generated/openapi.json']],
];

/**
 * Runs a program of node_modules/.bin.
 * @param {string[]} command
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
function runProgram([program = '', ...args]) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'node_modules', '.bin', program), ...args], {
      cwd: root,
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** Prints one check's result. */
function report(
  /** @type {string} */ name,
  /** @type {boolean} */ ok,
  /** @type {number} */ started,
  output = '',
) {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)`);
  if (!ok) console.log(output.trimEnd());
}

/**
 * Runs all checks but the tests.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks() {
  const counts = { passed: 0, failed: 0 };
  const count = (/** @type {boolean} */ ok) => (ok ? counts.passed++ : counts.failed++);
  for (const [name, command] of PROGRAMS) {
    const started = performance.now();
    const { ok, output } = await runProgram(command);
    report(name, ok, started, output);
    count(ok);
  }
  const started = performance.now();
  const broken = await checkSizes(root);
  report('file sizes', broken.length === 0, started, broken.join('\n'));
  count(broken.length === 0);
  return counts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { failed } = await runChecks();
  // Unit tests need TensorFlow's folder, which the test tool knows.
  const started = performance.now();
  const tests = await runProgram(['../../tools/test.mjs', '--ring', 'unit']);
  report('unit tests', tests.ok, started, tests.output);
  if (failed > 0 || !tests.ok) process.exitCode = 1;
}
