// `npm test`: set-up, checks, then all rings of tests on services of their own. `--ring NAME` runs one ring alone, and
// `--only PATTERN` of a ring of Jest the files whose path has it.
// Ends with one line: N passed, N failed.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { main, printTable, SetupError } from './lib/console.mjs';
import { root } from './lib/paths.mjs';
import { catchInterrupts, interruption, unlessInterrupted } from './lib/interrupt.mjs';
import { step } from './lib/progress.mjs';
import { browserProgram } from './setup/browser.mjs';
import { setup } from './setup/index.mjs';

const RINGS = ['checks', 'tools', 'unit', 'generated', 'integration', 'e2e', 'browser', 'faults'];
const TOOL_FILE_MS = 300_000; // For one that hangs; the longest takes half a minute.
/** @typedef {{ passed: number, failed: number }} Counts */

/** Runs a program with its output shown. @returns {Promise<number>} its exit code */
function show(/** @type {string[]} */ args, /** @type {NodeJS.ProcessEnv} */ env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
    const stop = () => child.kill('SIGTERM');
    interruption.addEventListener('abort', stop);
    child.once('close', (code) => {
      interruption.removeEventListener('abort', stop);
      resolve(code ?? 1);
    });
  });
}

/** Runs one of Jest's projects. A suite that could not run, and a ring without tests, count as failures. @returns {Promise<Counts>} */
async function runJest(
  /** @type {string} */ ring,
  /** @type {NodeJS.ProcessEnv} */ env,
  /** @type {string} */ folder,
  /** @type {string | undefined} */ only,
) {
  const output = path.join(folder, `${ring}.json`);
  const serial = ring === 'unit' ? ['--maxWorkers=2'] : ['--runInBand'];
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const args = [
    '--experimental-vm-modules',
    '--no-warnings',
    jest,
    '--selectProjects',
    ring,
    ...serial,
    '--json',
    `--outputFile=${output}`,
    '--silent=false',
    ...(only === undefined ? [] : ['--testPathPatterns', only]),
  ];
  await show(args, env);
  const result = JSON.parse(await readFile(output, 'utf8').catch(() => '{}'));
  const { numPassedTests = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0, numTotalTests = 0 } = result;
  return {
    passed: numPassedTests,
    failed: numFailedTests + numRuntimeErrorTestSuites + (numTotalTests === 0 ? 1 : 0),
  };
}

/** The tools' own tests, by Node's runner. @returns {Promise<Counts>} */
async function runToolTests(/** @type {NodeJS.ProcessEnv} */ env) {
  const { run } = await import('node:test');
  const { globSync } = await import('node:fs');
  const files = globSync('tools/**/*.test.mjs', { cwd: root }).map((name) => path.join(root, name));
  const counts = { passed: 0, failed: files.length === 0 ? 1 : 0 };
  const events = run({ files, concurrency: 1, env, timeout: TOOL_FILE_MS });
  for await (const { type, data } of events) {
    if (type === 'test:pass' && data.nesting === 0 && !data.skip) counts.passed++;
    if (type === 'test:pass' && data.skip) console.log(`skip  ${data.name}: ${data.skip}`);
    if (type === 'test:fail' && data.nesting === 0) {
      counts.failed++;
      console.log(`FAIL  ${data.name}\n${data.details.error.stack ?? data.details.error}`);
    }
  }
  return counts;
}

/** Whether the committed generated files are what the code generates. @returns {Promise<Counts>} */
async function runGenerated(/** @type {string} */ databaseUrl) {
  const { generateAndCompare } = await import('./generate.mjs');
  const changed = await generateAndCompare(databaseUrl);
  for (const name of changed)
    console.log(`FAIL  ${name} is not what "npm run generate" writes: run it and commit`);
  return { passed: 3 - changed.length, failed: changed.length };
}

catchInterrupts();
await main(async () => {
  const at = process.argv.indexOf('--ring');
  const rings = at === -1 ? RINGS : RINGS.filter((ring) => ring === process.argv[at + 1]);
  if (rings.length === 0)
    throw new SetupError(`There is no ring "${process.argv[at + 1]}".`, `Known: ${RINGS.join(', ')}.`);
  const onlyAt = process.argv.indexOf('--only');
  const only = onlyAt === -1 ? undefined : process.argv[onlyAt + 1];
  if (onlyAt !== -1 && (only === undefined || rings.length > 1))
    throw new SetupError(
      '--only needs a pattern, and a ring.',
      'Say --ring unit --only losses, for example.',
    );
  await setup();
  const browser = rings.includes('browser') ? { GRADSTREAM_CHROMIUM: await browserProgram() } : {};
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-test-'));
  // Services of their own: a running installation is not touched.
  process.env.GRADSTREAM_DATA = path.join(folder, 'data');
  const { build } = await import('./build.mjs');
  const { runChecks } = await import('./check.mjs');
  const { up, down } = await import('./services/control.mjs');
  const { clusterFolder } = await import('./services/definitions.mjs');
  const { serviceEnvironment } = await import('./services/settings.mjs');
  const { migrate } = await import('./migrate.mjs');
  /** @type {Map<string, Counts>} */
  const counts = new Map();
  try {
    await unlessInterrupted(step('build', build));
    const needsServices = rings.some((ring) => !['checks', 'tools', 'unit'].includes(ring));
    const services = await serviceEnvironment();
    if (needsServices) {
      await unlessInterrupted(step('services', up));
      await step('migrations', () => migrate(services.DATABASE_URL));
    }
    const env = {
      ...process.env,
      ...browser,
      ...services,
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      FORCE_COLOR: '0',
    };
    const runRing = async (/** @type {string} */ ring) => {
      if (ring === 'checks') return runChecks();
      if (ring === 'tools') return runToolTests(env);
      if (ring === 'generated') return runGenerated(services.DATABASE_URL);
      return runJest(ring, env, folder, only);
    };
    for (const ring of rings) {
      console.log(`\n── ${ring}`);
      counts.set(ring, await unlessInterrupted(runRing(ring)));
    }
  } finally {
    await down();
    await rm(await clusterFolder(), { recursive: true, force: true }); // It may lie elsewhere: see postgresReachable.
    await rm(folder, { recursive: true, force: true });
  }
  const total = { passed: 0, failed: 0 };
  for (const { passed, failed } of counts.values()) {
    total.passed += passed;
    total.failed += failed;
  }
  console.log('');
  printTable(
    ['ring', 'passed', 'failed'],
    [...counts].map(([ring, { passed, failed }]) => [ring, String(passed), String(failed)]),
  );
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 ? 1 : 0;
});
process.exit();
