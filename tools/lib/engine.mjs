// What the built engine finds to compute with. It is asked in a process of its own, so that a crash of native code is
// an answer, too.

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';
import { runProgram } from './processes.mjs';

/** @typedef {{ ok: boolean, lines: [string, string][], remedy: string }} EngineReport */

const MARK = 'engine-report:';

/** A program that prints the description, or why there is none. */
const questionTo = (/** @type {string} */ engine) => `
  const answer = await import(${JSON.stringify(pathToFileURL(engine).href)})
    .then(({ describeRuntime }) => ({ found: describeRuntime() }))
    .catch((error) => ({ code: error.code ?? error.name, message: error.message }));
  console.log('${MARK}' + JSON.stringify(answer));`;

const yesOrNo = (/** @type {boolean | null} */ value) => (value === null ? 'unknown' : value ? 'yes' : 'no');
const mib = (/** @type {number} */ bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;

/**
 * @param {any} found the engine's RuntimeDescription
 * @returns {[string, string][]}
 */
function linesOf(found) {
  const { cpu, threads, devices } = found;
  return [
    ['TensorFlow', `${found.version} in ${found.folder}`],
    ['built for CUDA', yesOrNo(found.cuda)],
    ...devices.map((/** @type {any} */ { name, type, memoryBytes }) => [
      'device',
      type === 'CPU' ? name : `${name}, ${mib(memoryBytes)}`,
    ]),
    ['processor', `${cpu.model}: ${cpu.features.join(' ') || 'none of the instructions that matter'}`],
    ['threads', `${threads.intraOp} within an op, ${threads.interOp} ops at a time`],
    [
      'bfloat16 pays',
      cpu.bfloat16Pays
        ? 'yes'
        : cpu.hasBfloat16
          ? 'slower than float32: the processor has AVX512-BF16, but no AMX'
          : 'no: the processor has neither AVX512-BF16 nor AMX, use float32',
    ],
    ['oneDNN', yesOrNo(found.oneDnn)],
    ['XLA', yesOrNo(found.xla)],
  ];
}

/**
 * Asks the engine.
 * @param {string} [engine] its built index.js
 * @returns {Promise<EngineReport>}
 */
export async function askEngine(engine = path.join(root, 'libs', 'engine', 'dist', 'index.js')) {
  const args = ['--input-type=module', '-e', questionTo(engine)];
  const { code, output } = await runProgram('sh', ['-c', '"$0" "$@"; exit $?', process.execPath, ...args]);
  const line = output.split('\n').find((text) => text.startsWith(MARK));
  if (!line || code !== 0) {
    const why = output.trim().split('\n').at(-1) ?? '';
    return {
      ok: false,
      lines: [['engine', `crashed with code ${code}${code > 128 ? ` (signal ${code - 128})` : ''}: ${why}`]],
      remedy: 'delete the folder of TensorFlow and run npm start, which fetches it again',
    };
  }
  const { found, code: error, message } = JSON.parse(line.slice(MARK.length));
  if (found) return { ok: true, lines: linesOf(found), remedy: '' };
  const remedy = error === 'ERR_MODULE_NOT_FOUND' ? 'run npm start, which builds it' : '';
  return { ok: false, lines: [['engine', `${error}: ${message}`]], remedy };
}
