// Starts that fail, each in a process of its own: native code that crashes would be a signal there.

import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf } from '../testing.js';
import { findLibraries } from './library.js';
import { checkVersion } from './version.js';

const script = fileURLToPath(new URL('testStart.ts', import.meta.url))
  .replace('/src/', '/dist/')
  .replace(/ts$/, 'js');
if (!existsSync(script)) throw new Error(`${script} is missing: run npm run build`);

const PATIENCE_MS = 60_000;
const [FRAMEWORK, CC] = ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2'] as const;

interface Answer {
  readonly code?: string;
  readonly message?: string;
  readonly sum?: number;
  readonly onGpu?: boolean;
  readonly description?: Record<string, unknown>;
  readonly described?: Record<string, unknown>;
  readonly stderr: string;
}

/** What the process says; fails when it ends by a signal. */
function start(request: object, env: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env } };
    execFile(process.execPath, [script, JSON.stringify(request)], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}, signal ${error.signal ?? 'none'}`));
      else resolve({ ...(JSON.parse(stdout) as Answer), stderr });
    });
  });
}

/** Runs `body` in a fresh folder. */
async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-engine-'));
  try {
    return await body(folder);
  } finally {
    await chmod(folder, 0o755);
    await rm(folder, { recursive: true, force: true });
  }
}

describe('a start that cannot work says why and what to do', () => {
  test(
    'without libraries',
    async () => {
      await inFolder(async (folder) => {
        const absent = await start({ options: { tensorflowDir: path.join(folder, 'nowhere') } });
        expect(absent).toMatchObject({ code: 'LIBRARY_MISSING' });
        expect(absent.message).toMatch(/nowhere: run the set-up \(npm start\), or set TENSORFLOW_DIR/);
        await writeFile(path.join(folder, 'file'), '');
        expect(await start({}, { TENSORFLOW_DIR: path.join(folder, 'file') })).toMatchObject({
          code: 'LIBRARY_MISSING',
        });
      });
    },
    PATIENCE_MS,
  );

  test(
    'with a folder that this user may not read',
    async () => {
      await inFolder(async (folder) => {
        await chmod(folder, 0o000);
        const userId = process.getuid?.() === 0 ? { userId: 65534 } : {}; // Root may read everything.
        const refused = await start({ options: { tensorflowDir: folder }, ...userId });
        expect(refused).toMatchObject({ code: 'LIBRARY_UNREADABLE' });
        expect(refused.message).toMatch(/cannot be read \(EACCES\): give this user the right/);
      });
    },
    PATIENCE_MS,
  );

  test(
    'with a library that was cut off, is empty, or is something else',
    async () => {
      const real = findLibraries();
      await inFolder(async (folder) => {
        const [framework, cc] = [path.join(folder, FRAMEWORK), path.join(folder, CC)];
        await symlink(path.join(real, CC), cc);
        await copyFile(path.join(real, FRAMEWORK), framework);
        const refuse = async (reason: RegExp): Promise<void> => {
          const answer = await start({ options: { tensorflowDir: folder } });
          expect(answer).toMatchObject({ code: 'LIBRARY_BROKEN' });
          expect(answer.message).toMatch(reason);
          expect(answer.message).toMatch(/delete the folder and run the set-up again/);
        };
        await truncate(framework, 40_000_000);
        await refuse(/ends early, after 40000000 bytes of at least \d+/);
        await truncate(framework, 70);
        await refuse(/ends early/);
        await writeFile(framework, '');
        await refuse(/is not a 64-bit shared library/);
        await writeFile(
          framework,
          'a text that is longer than the header of a shared library, which has 64 bytes',
        );
        await refuse(/is not a 64-bit shared library/);
        // A library of its own kind, but without TensorFlow's symbols: the other one cannot be loaded with it.
        await rm(framework);
        await copyFile(await anyLibrary(), framework);
        await refuse(/the system says/);
      });
    },
    PATIENCE_MS,
  );

  test('with another version', () => {
    expect(
      codeOf(() => {
        checkVersion('2.21.0', '/x');
      }),
    ).toBe('none');
    expect(
      codeOf(() => {
        checkVersion('2.21.3', '/x');
      }),
    ).toBe('none');
    for (const version of ['2.20.0', '2.210.0', '2.9.1', '3.0.0', '2.2.1', ''])
      expect(
        codeOf(() => {
          checkVersion(version, '/x');
        }),
      ).toBe('VERSION_MISMATCH');
    expect(() => {
      checkVersion('2.9.1', '/x');
    }).toThrow(/TensorFlow 2\.9\.1 is in \/x, and 2\.21\.x is needed/);
  });

  test(
    'with a GPU that is not there',
    async () => {
      const answer = await start({ options: { device: 'gpu' } }, { CUDA_VISIBLE_DEVICES: '-1' });
      expect(answer).toMatchObject({ code: 'DEVICE_NOT_FOUND' });
      expect(answer.message).toMatch(
        /no GPU was found, only \/job:localhost\/replica:0\/task:0\/device:CPU:0\./,
      );
      expect(answer.message).toMatch(/docs\/gpu\.md/);
    },
    PATIENCE_MS,
  );
});

test(
  'the CPU always works, and TensorFlow writes nothing but its line about oneDNN',
  async () => {
    const answer = await start({ options: { device: 'cpu', intraOpThreads: 1 }, describeFirst: true });
    expect(answer).toMatchObject({ sum: 3, onGpu: false });
    const lines = answer.stderr.split('\n').filter(Boolean);
    const known = /absl::InitializeLog\(\) is called|oneDNN custom operations are on/;
    expect(lines.filter((line) => !known.test(line))).toEqual([]);
    expect(answer.description).toMatchObject({
      version: '2.21.0',
      folder: findLibraries(),
      threads: { intraOp: 1, interOp: os.availableParallelism() },
      xla: true,
    });
    expect(answer.description?.['devices']).toMatchObject([{ type: 'CPU' }]);
    const { version, folder, cpu, oneDnn, xla } = answer.description ?? {};
    expect(answer.described).toMatchObject({ version, folder, cpu, oneDnn, xla });
  },
  PATIENCE_MS,
);

test(
  'after a start that failed another one can work',
  async () => {
    const blocker = net.createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const address = blocker.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    try {
      const failFirst = { collective: { addresses: [`127.0.0.1:${port}`], taskIndex: 0 } };
      const answer = await start({ failFirst, options: { device: 'cpu' } });
      expect(answer).toMatchObject({ failed: 'ADDRESS_IN_USE', sum: 3 });
    } finally {
      blocker.close();
    }
  },
  PATIENCE_MS,
);

/** A small shared library that every Node on Linux has loaded. */
async function anyLibrary(): Promise<string> {
  const found = /\/\S*libm\.so\S*/.exec(await readFile('/proc/self/maps', 'utf8'))?.[0];
  if (found) return found;
  throw new Error('Node uses the C library for mathematics');
}
