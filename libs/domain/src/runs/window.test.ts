import { describe, expect, test } from '@jest/globals';
import type { FrameRow } from '@gradstream/data';
import type { Slice } from './slices.js';
import { FrameWindow } from './window.js';

const row = (seq: number): FrameRow => ({
  run_id: 'run_1',
  project_id: 'prj_1',
  seq,
  attempt: 1,
  kind: 'metrics',
  step: seq,
  epoch: 1,
  time: new Date(0),
  series: ['loss'],
  values: [seq],
  event: null,
});
const slice = (seqs: number[], toSeq: number, rest: Partial<Slice> = {}): Slice => ({
  rows: seqs.map(row),
  rewinds: [],
  toSeq,
  full: false,
  done: false,
  ...rest,
});
/** What a window tells after a place: sequence numbers, and where to go on. */
const told = (window: FrameWindow, afterSeq: number, limit = 100): unknown => {
  const found = window.after(afterSeq, limit);
  return found && [found.rows.map(({ seq }) => seq), found.toSeq];
};

describe('FrameWindow', () => {
  test('tells every follower what comes after its own place', () => {
    const window = new FrameWindow(10, 100);
    window.add(slice([11, 13], 14));
    window.add(slice([16], 16));
    expect(told(window, 9)).toBeNull(); // It begins after 10.
    expect(told(window, 10)).toEqual([[11, 13, 16], 16]);
    expect(told(window, 13)).toEqual([[16], 16]);
    expect(told(window, 20)).toEqual([[], 20]); // A follower that Postgres has told more already.
    expect(window.after(10, 2)).toMatchObject({ toSeq: 13, full: true });
  });

  test('forgets the oldest, and sends who needs them to Postgres', () => {
    const window = new FrameWindow(0, 2);
    for (let seq = 1; seq <= 5; seq++) window.add(slice([seq], seq));
    expect(told(window, 2)).toBeNull();
    expect(told(window, 3)).toEqual([[4, 5], 5]);
  });

  test('a rewind takes back what was held, and is told to those who stand before it', () => {
    const window = new FrameWindow(0, 100);
    window.add(slice([1, 2, 3], 3));
    window.add(slice([6], 6, { rewinds: [{ seq: 4, step: 0 }] }));
    expect(told(window, 2)).toBeNull(); // 3 may have been taken back.
    expect(window.after(3, 100)).toMatchObject({ rewinds: [{ step: 0 }], toSeq: 6 });
    window.add(slice([7], 7));
    expect(window.after(3, 100)).toMatchObject({ rewinds: [{ step: 0 }], toSeq: 7 });
    expect(window.after(6, 100)).toMatchObject({ rewinds: [], toSeq: 7 });
  });

  test('a rewind that a slice does not reach is told with the next one', () => {
    const window = new FrameWindow(0, 100);
    window.add(slice([1, 2, 6], 6, { rewinds: [{ seq: 4, step: 2 }] }));
    expect(window.after(0, 2)).toMatchObject({ rewinds: [], toSeq: 2 });
    expect(window.after(2, 2)).toMatchObject({ rewinds: [{ step: 2 }], toSeq: 6 });
  });

  test('is done when all of it was told', () => {
    const window = new FrameWindow(0, 100);
    window.add(slice([1, 2], 2, { done: true }));
    expect(window.after(0, 2)).toMatchObject({ full: true, done: false });
    expect(window.after(2, 2)).toMatchObject({ rows: [], done: true });
  });

  test('holds fewer frames of many numbers, and tells nothing with a gap', () => {
    const window = new FrameWindow(0, 10);
    const wide = (seq: number): FrameRow => ({ ...row(seq), values: Array.from({ length: 40 }, () => 0) });
    for (let seq = 1; seq <= 5; seq++) window.add({ ...slice([], seq), rows: [wide(seq)] });
    // Each counts 5: 25 are more than twice the size, and two are what is left.
    expect(told(window, 2)).toBeNull();
    expect(told(window, 3)).toEqual([[4, 5], 5]);
  });
});
