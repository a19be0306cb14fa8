import { describe, expect, test } from '@jest/globals';
import type { FrameRow } from '@gradstream/data';
import { pace } from './pace.js';
import type { Slice } from './slices.js';

const row = (seq: number, loss: number, step = seq): FrameRow => ({
  ...{
    run_id: 'run',
    project_id: 'prj',
    attempt: 1,
    kind: 'metrics',
    epoch: 1,
    time: new Date(0),
    event: null,
  },
  ...{ seq, step, series: ['loss'], values: [loss] },
});
const slice = (rows: FrameRow[], changes: Partial<Slice> = {}): Slice => ({
  ...{ rows, rewinds: [], toSeq: rows.at(-1)?.seq ?? 0, full: true, done: false },
  ...changes,
});
const long = { ms: 60_000, wanted: null, signal: new AbortController().signal };

/** Slices that are there at once. */
async function* of(...slices: Slice[]): AsyncGenerator<Slice> {
  for (const one of slices) yield await Promise.resolve(one);
}

async function all(slices: AsyncGenerator<Slice>, options = long): Promise<Slice[]> {
  const found: Slice[] = [];
  for await (const one of pace(slices, options)) found.push(one);
  return found;
}

describe('pace', () => {
  test('what comes within an interval is told as one, and the end at once', async () => {
    const many = Array.from({ length: 50 }, (_, i) => slice([row(2 * i + 1, i), row(2 * i + 2, -i)]));
    const [one, ...more] = await all(of(...many, slice([row(101, 7)], { done: true, full: false })));
    expect(more).toEqual([]);
    expect(one).toMatchObject({ toSeq: 101, done: true });
    expect(one?.rows.map(({ seq, values }) => [seq, values[0]])).toEqual([
      [99, 49],
      [100, -49],
      [101, 7],
    ]);
  });

  test('each interval has its own', async () => {
    const found = await all(of(slice([row(1, 1)]), slice([row(2, 2)]), slice([row(3, 3)])), {
      ...long,
      ms: 0,
    });
    expect(found.map(({ rows }) => rows.map(({ seq }) => seq))).toEqual([[1], [2], [3]]);
  });

  test('a rewind takes back what is held, and is told', async () => {
    const rewind = { seq: 4, step: 1 };
    const next = slice([row(5, 9, 2)], { rewinds: [rewind], done: true });
    const [one] = await all(of(slice([row(1, 1), row(2, 2), row(3, 3)]), next));
    expect(one?.rows.map(({ seq }) => seq)).toEqual([1, 5]);
    expect(one?.rewinds).toEqual([rewind]);
  });

  test('a failure ends it', async () => {
    async function* failing(): AsyncGenerator<Slice> {
      yield await Promise.resolve(slice([row(1, 1)]));
      throw new Error('away');
    }
    await expect(all(failing())).rejects.toThrow('away');
  });

  test('its reader ends what it reads', async () => {
    let ended = false;
    async function* endless(): AsyncGenerator<Slice> {
      try {
        for (let seq = 1; ; seq++) yield await Promise.resolve(slice([row(seq, seq)]));
      } finally {
        ended = true;
      }
    }
    for await (const one of pace(endless(), { ...long, ms: 1 })) {
      expect(one.rows.length).toBeGreaterThan(0);
      break;
    }
    expect(ended).toBe(true);
  });
});
