import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { CheckpointManifest } from '@gradstream/contracts';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FileHandle } from 'node:fs/promises';
import type { CheckpointContent } from './checkpoint.js';
import { hostValues, tensorSource } from '@gradstream/models';

/** What a trouble does to the operations on files: throws at one of them, or at it and all that follow. */
interface Trouble {
  readonly at: number;
  readonly error: Error;
  readonly forGood: boolean;
}

const real = jest.requireActual<typeof import('node:fs/promises')>('node:fs/promises');
let log: string[] = [];
let trouble: Trouble | null = null;

/** Counts an operation, and throws when it is the one. */
function enter(operation: string): void {
  log.push(operation);
  if (!trouble) return;
  if (trouble.forGood ? log.length >= trouble.at : log.length === trouble.at) throw trouble.error;
}

/** A handle whose operations are counted. A write that fails has written half. */
const counted = (handle: FileHandle, name: string): FileHandle =>
  new Proxy(handle, {
    get(target, key) {
      if (key === 'writeFile')
        return async (bytes: Uint8Array) => {
          const before = log.length + 1;
          if (trouble && trouble.at <= before) await target.writeFile(bytes.subarray(0, bytes.length / 2));
          enter(`write ${name}`);
          await target.writeFile(bytes);
        };
      if (key === 'sync')
        return async () => {
          enter(`sync ${name}`);
          await target.sync();
        };
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

jest.unstable_mockModule('node:fs/promises', () => ({
  ...real,
  open: async (file: string, flags: string) => {
    enter(`open ${path.basename(file)}`);
    return counted(await real.open(file, flags), path.basename(file));
  },
  mkdir: async (folder: string) => {
    enter(`mkdir ${path.basename(folder)}`);
    await real.mkdir(folder);
  },
  rename: async (from: string, to: string) => {
    enter(`rename ${path.basename(from)} ${path.basename(to)}`);
    await real.rename(from, to);
  },
  rm: async (folder: string, options: object) => {
    enter(`rm ${path.basename(folder)}`);
    await real.rm(folder, options);
  },
}));
const { listCheckpoints, openCheckpoint, removeCheckpoint, removeLeftovers, writeCheckpoint } =
  await import('./checkpoint.js');
const { inexactBecause, parseManifest } = await import('./manifest.js');

let folder: string;
beforeEach(async () => {
  folder = await real.mkdtemp(path.join(tmpdir(), 'gradstream-checkpoint-'));
  [log, trouble] = [[], null];
});
afterEach(async () => {
  trouble = null;
  await real.rm(folder, { recursive: true });
});

/** A checkpoint of a step; its values are the step, or another number. */
const contentOf = (step: number, value = step): CheckpointContent => ({
  weights: [tensorSource('dense/kernel', [2, 3], new Float32Array(6).fill(value))],
  state: [
    tensorSource('optimizer/dense/kernel/m', [2, 3], new Float32Array(6).fill(-value)),
    tensorSource('optimizer/iterations', [], Int32Array.of(value)),
  ],
  usage: { classes: '["a","b"]' },
  manifest: {
    engineVersion: '2.21.0',
    specVersion: 1,
    specSha256: 'ab'.repeat(32),
    step,
    epoch: 1,
    position: { samples: 64 * step, microSteps: 0 },
    seed: 42,
    framesWatermark: 2 * step,
    execution: {
      device: 'cpu',
      executor: 'captured',
      precision: 'float32',
      intraOpThreads: 2,
      interOpThreads: 1,
    },
    metrics: { loss: 0.5, valLoss: 'NaN' },
    state: { callbacks: { wait: 1, best: null } },
  },
});

/** What the checkpoints of the folder hold, by step. Throws when one of them is not whole. */
async function contents(): Promise<Record<number, number>> {
  const found: Record<number, number> = {};
  for (const { step, folder: place } of await listCheckpoints(folder)) {
    const { weights, state, manifest, close } = await openCheckpoint(place);
    const kernel = hostValues(await weights.read('dense/kernel'));
    const iterations = hostValues(await state.read('optimizer/iterations', { dtype: 'I32', shape: [] }));
    await close();
    expect(manifest.step).toBe(step);
    expect(kernel).toEqual(new Float32Array(6).fill(Number(iterations?.[0])));
    found[step] = Number(iterations?.[0]);
  }
  return found;
}

const invalid = (words: string | RegExp) =>
  expect.objectContaining({ code: 'CHECKPOINT_INVALID', detail: expect.stringMatching(words) });

describe('a checkpoint', () => {
  test('comes back as it was written', async () => {
    const { folder: place, manifest } = await writeCheckpoint(folder, contentOf(7));
    expect(place).toBe(path.join(folder, 'step-7'));
    const opened = await openCheckpoint(place);
    expect(opened.manifest).toEqual(manifest);
    expect(manifest).toMatchObject({ ...contentOf(7).manifest, formatVersion: 1 });
    expect(Object.fromEntries(opened.weights.metadata)).toEqual({ classes: '["a","b"]' });
    expect(opened.state.tensors.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['optimizer/dense/kernel/m', 'F32', [2, 3]],
      ['optimizer/iterations', 'I32', []],
    ]);
    await opened.close();
    const bytes = await real.readFile(path.join(place, 'model.safetensors'));
    expect(manifest.files['model.safetensors']).toEqual({
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(await contents()).toEqual({ 7: 7 });
  });

  test('replaces one of the same step; others stay until they are removed', async () => {
    for (const content of [contentOf(10), contentOf(9), contentOf(100), contentOf(10, 5)])
      await writeCheckpoint(folder, content);
    expect(await contents()).toEqual({ 9: 9, 10: 5, 100: 100 });
    await removeCheckpoint(path.join(folder, 'step-9'));
    await removeCheckpoint(path.join(folder, 'step-9'));
    expect((await listCheckpoints(folder)).map(({ step }) => step)).toEqual([10, 100]);
  });

  test('a state that JSON would change is not written', async () => {
    const { manifest, ...tensors } = contentOf(1);
    const state = { callbacks: { best: Number.NaN } };
    await expect(writeCheckpoint(folder, { ...tensors, manifest: { ...manifest, state } })).rejects.toThrow();
    expect(await real.readdir(folder)).toEqual([]);
  });
});

describe('troubles while it is written', () => {
  /** The operations of a write that goes well, an older checkpoint of the same step being there. */
  async function operations(): Promise<string[]> {
    await writeCheckpoint(folder, contentOf(1));
    await writeCheckpoint(folder, contentOf(2, 1));
    log = [];
    await writeCheckpoint(folder, contentOf(2));
    return log;
  }

  test('all is on the disk before the name, and the name before the return', async () => {
    const done = await operations();
    const place = (operation: string) => {
      expect(done.filter((other) => other === operation)).toHaveLength(1);
      return done.indexOf(operation);
    };
    const renamed = place('rename .partial-step-2 step-2');
    for (const file of ['model.safetensors', 'state.safetensors', 'manifest.json', '.partial-step-2']) {
      expect(place(`sync ${file}`)).toBeLessThan(renamed);
      expect(done.lastIndexOf(`write ${file}`)).toBeLessThan(place(`sync ${file}`));
    }
    expect(done.at(-1)).toBe(`sync ${path.basename(folder)}`);
  });

  test('a crash at any operation leaves whole checkpoints, and leftovers that are cleaned', async () => {
    const count = (await operations()).length;
    expect(count).toBeGreaterThan(20);
    for (let at = 1; at <= count; at++) {
      for (const { folder: place } of await listCheckpoints(folder)) await removeCheckpoint(place);
      await writeCheckpoint(folder, contentOf(1));
      await writeCheckpoint(folder, contentOf(2, 1));
      [log, trouble] = [[], { at, error: new Error('killed'), forGood: true }];
      await expect(writeCheckpoint(folder, contentOf(2))).rejects.toThrow('killed');
      trouble = null;
      const { 1: first, 2: second, ...rest } = await contents();
      expect([first, rest]).toEqual([1, {}]);
      expect([undefined, 1, 2]).toContain(second);
      await removeLeftovers(folder);
      const names = (await real.readdir(folder)).sort();
      expect(names).toEqual(second === undefined ? ['step-1'] : ['step-1', 'step-2']);
      await writeCheckpoint(folder, contentOf(2));
      expect(await contents()).toEqual({ 1: 1, 2: 2 });
    }
  });

  test.each(['ENOSPC', 'EDQUOT', 'EIO'])(
    '%s at any operation is told, and leaves nothing behind',
    async (code) => {
      const count = (await operations()).length;
      for (let at = 1; at <= count; at++) {
        const error = Object.assign(new Error('refused'), { code });
        [log, trouble] = [[], { at, error, forGood: false }];
        const told = code === 'EIO' ? error : expect.objectContaining({ code: 'STORAGE_FULL' });
        await expect(writeCheckpoint(folder, contentOf(2))).rejects.toEqual(told);
        trouble = null;
        expect(Object.keys(await contents())).toEqual(expect.arrayContaining(['1']));
        await removeLeftovers(folder);
        expect((await real.readdir(folder)).filter((name) => !/^step-[12]$/.test(name))).toEqual([]);
      }
    },
  );

  test('tensors that cannot be read leave nothing behind', async () => {
    const read = () => Promise.reject(new Error('no such tensor'));
    const state = [{ name: 'm', dtype: 'F32', shape: [1], read } as const];
    await expect(writeCheckpoint(folder, { ...contentOf(1), state })).rejects.toThrow('no such tensor');
    expect(await real.readdir(folder)).toEqual([]);
  });
});

describe('a damaged checkpoint', () => {
  const fileNames = ['manifest.json', 'model.safetensors', 'state.safetensors'] as const;

  test.each(fileNames)('%s missing, cut, longer, changed, a folder', async (name) => {
    const { folder: place } = await writeCheckpoint(folder, contentOf(3));
    const file = path.join(place, name);
    const bytes = await real.readFile(file);
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 3] = (flipped[bytes.length - 3] ?? 0) ^ 1;
    const wrong = invalid(`^step-3/${name} is not valid: `);
    for (const damaged of [
      bytes.subarray(0, -4),
      Buffer.concat([bytes, Buffer.from('x')]),
      flipped,
      Buffer.of(),
    ]) {
      await real.writeFile(file, damaged);
      await expect(openCheckpoint(place)).rejects.toEqual(wrong);
    }
    await real.rm(file);
    await expect(openCheckpoint(place)).rejects.toEqual(wrong);
    await real.mkdir(file);
    await expect(openCheckpoint(place)).rejects.toEqual(wrong);
  });

  test('a manifest is read strictly', async () => {
    const { manifest } = await writeCheckpoint(folder, contentOf(3));
    const text = JSON.stringify(manifest);
    const parse = (json: string) => parseManifest('step-3/manifest.json', Buffer.from(json));
    expect(parse(text)).toEqual(manifest);
    for (const [json, words] of [
      [text.replace('"step":3', '"step":3,"step":4'), 'names "step" twice'],
      [text.replace('"wait":1', '"__proto__":1'), 'uses "__proto__" as a name'],
      [text.replace('"wait":1', `"wait":${'['.repeat(200)}${']'.repeat(200)}`), 'nested more than 100'],
      [
        text.replace('"formatVersion":1', '"formatVersion":2'),
        'the version of Gradstream that wrote this one',
      ],
      [text.replace('"step":3', '"step":-3'), 'fields that are missing or wrong'],
      [text.replace('"step":3', '"steps":3,"step":3'), 'fields that are missing or wrong'],
      [text.replace(/"sha256":"./, '"sha256":"G'), 'fields that are missing or wrong'],
      ['null', 'fields that are missing or wrong'],
      ['', 'broken JSON'],
    ] as const)
      expect(() => parse(json)).toThrow(invalid(words));
    expect(() => parse(' '.repeat(8 * 1024 * 1024) + text)).toThrow(/the limit is 8388608/);
  });

  test('whatever the bytes of a manifest, the error is the typed one', async () => {
    const { manifest } = await writeCheckpoint(folder, contentOf(3));
    const valid = Buffer.from(JSON.stringify(manifest));
    const change = fc.tuple(fc.nat(valid.length - 1), fc.uint8Array({ maxLength: 2 }), fc.nat(3));
    fc.assert(
      fc.property(fc.oneof(change, fc.json(), fc.uint8Array()), (given) => {
        let bytes: Uint8Array;
        if (typeof given === 'string') bytes = Buffer.from(given);
        else if (given instanceof Uint8Array) bytes = given;
        else {
          const [at, insert, remove] = given;
          bytes = Buffer.concat([valid.subarray(0, at), insert, valid.subarray(at + remove)]);
        }
        try {
          parseManifest('manifest.json', bytes);
        } catch (error) {
          expect(error).toEqual(invalid('^manifest.json is not valid: '));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

test('resuming is exact on the same machine settings, refused for another spec', async () => {
  const { manifest } = await writeCheckpoint(folder, contentOf(3));
  const { specSha256, seed, engineVersion, execution } = manifest;
  const run = { specSha256, seed, engineVersion, execution };
  expect(inexactBecause(manifest, run)).toEqual([]);
  const other: CheckpointManifest['execution'] = { ...execution, executor: 'xla', intraOpThreads: 4 };
  expect(inexactBecause(manifest, { ...run, engineVersion: '2.22.0', execution: other })).toEqual([
    'engineVersion was 2.21.0, is 2.22.0',
    'executor was captured, is xla',
    'intraOpThreads was 2, is 4',
  ]);
  for (const changed of [{ specSha256: 'cd'.repeat(32) }, { seed: 1 }])
    expect(() => inexactBecause(manifest, { ...run, ...changed })).toThrow(invalid('another spec or seed'));
});
