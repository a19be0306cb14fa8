import { beforeEach, describe, expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import type { MetricBatch, MetricPoint } from '@gradstream/sdk';
import { createView, type ProgressView } from './progressView.js';
import { bar, fitted } from './terminal.js';

const point = (step: number, values: Record<string, number>): MetricPoint => ({
  seq: step,
  attempt: 1,
  step,
  epoch: 1,
  time: new Date(Date.UTC(2026, 0, 1) + 1000 * step).toISOString(), // A second each.
  values,
});

const batch = (...points: MetricPoint[]): MetricBatch => ({
  points,
  cursor: 'c',
  rewoundTo: null,
  done: false,
});

describe('pictures', () => {
  test('the bar is as full as the share, and no fuller', () => {
    expect(bar(0)).toBe('░'.repeat(24));
    expect(bar(0.5)).toBe('█'.repeat(12) + '░'.repeat(12));
    expect(bar(7)).toBe('█'.repeat(24));
  });

  test('a line has the parts that fit, and leaves the last column free', () => {
    expect(fitted(['abc', 'de', 'f'], 9)).toBe('abc  de');
    expect(fitted(['abc', 'de', 'f'], 7)).toBe('abc');
    expect(fitted(['abc', 'de'], 3)).toBe('ab');
    expect(fitted(['abc', 'de', 'f'])).toBe('abc  de  f');
  });
});

describe('progress on a terminal', () => {
  let now = 0;
  /** Each look is a second later. */
  const clock = (): number => (now += 1000);

  test('a line of its own stands above the picture, which is drawn again', () => {
    const out = Object.assign(new PassThrough(), { isTTY: true, columns: 60 });
    const view = createView(() => 4, out, clock);
    view.tell('attempt 1');
    view.accept(batch(point(2, { loss: 2 })));
    view.tell('checkpoint');
    view.end();
    const [first, drawn, told, again] = String(out.read()).split('\r\x1b[2K').slice(1);
    expect([first, told]).toEqual(['attempt 1\n', 'checkpoint\n']);
    expect(drawn).toContain('step 2/4');
    expect(again).toBe(`${drawn ?? ''}\n`);
  });

  test.each([
    [{ loss: 2, accuracy: 0.5 }, { valLoss: 1, valAccuracy: 0.25 }, 'accuracy 0.5000  valAccuracy 0.2500'],
    [{ loss: 2 }, { valLoss: 1 }, 'loss 2.000  valLoss 1.000'],
    [
      { loss: 2, kind_loss: 1, price_loss: 1, kind_accuracy: 0.5, price_r2: 0.75 },
      { valLoss: 1, valKind_loss: 1, valPrice_loss: 1, valKind_accuracy: 0.25, valPrice_r2: 0.5 },
      'loss 2.000  kind_accuracy 0.5000  price_r2 0.7500  valKind_accuracy 0.2500',
    ],
  ])('a line has the metrics of the run, whatever they are (%j)', (trained, validated, expected) => {
    const out = Object.assign(new PassThrough(), { isTTY: true });
    const view = createView(() => 4, out, clock);
    view.accept(batch(point(1, trained), point(1, validated)));
    expect(String(out.read())).toContain(expected);
  });

  test('a gradient norm is shown with the step that told it, and with no later one', () => {
    const out = Object.assign(new PassThrough(), { isTTY: true });
    const view = createView(() => 4, out, clock);
    view.accept(batch(point(1, { loss: 2, gradientNorm: 0.5 })));
    expect(String(out.read())).toContain('grad 0.5000');
    view.accept(batch(point(1, { valLoss: 1 })));
    expect(String(out.read())).toContain('grad 0.5000');
    view.accept(batch(point(2, { loss: 1 })));
    expect(String(out.read())).toContain('grad –');
  });

  test('after a rewind the time that is left is measured anew', () => {
    const out = Object.assign(new PassThrough(), { isTTY: true });
    const view = createView(() => 4, out, clock);
    view.accept(batch(point(1, {}), point(3, {})));
    expect(String(out.read())).not.toContain('left ?');
    view.accept({ ...batch(point(2, {})), rewoundTo: 1 });
    expect(String(out.read())).toContain('step 2/4  left ?');
  });
});

describe('progress away from a terminal', () => {
  let now = 0;
  let out = new PassThrough();
  let view: ProgressView;
  const told = (): string[] =>
    String(out.read() ?? '')
      .split('\n')
      .slice(0, -1);
  /** A step that comes at a time, in seconds. */
  const stepAt = (seconds: number, step: number, values: Record<string, number> = { loss: 2 }): void => {
    now = seconds * 1000;
    view.accept(batch(point(step, values)));
  };
  beforeEach(() => {
    now = 0;
    out = new PassThrough();
    view = createView(
      () => 100,
      out,
      () => now,
    );
  });

  test('within an epoch a line is written each 10 s', () => {
    for (let second = 0; second <= 25; second++) stepAt(second, second + 1);
    expect(told()).toEqual([
      ' 11 %  epoch 1  step 11/100  left 1 min 29 s  loss 2.000  valLoss –  grad –',
      ' 21 %  epoch 1  step 21/100  left 1 min 19 s  loss 2.000  valLoss –  grad –',
    ]);
    view.end();
    expect(told()).toEqual([' 26 %  epoch 1  step 26/100  left 1 min 14 s  loss 2.000  valLoss –  grad –']);
  });

  test('the end of each epoch is a line, and the next one is 10 s after it', () => {
    stepAt(0, 1);
    stepAt(6, 10, { valLoss: 1.5 });
    stepAt(15, 19);
    stepAt(16, 20);
    stepAt(17, 20, { valLoss: 1.25 });
    const seen = told().map((line) => /step (\d+)/.exec(line)?.[1]);
    expect(seen).toEqual(['10', '20', '20']);
    view.end();
    expect(told()).toEqual([]);
  });

  test('epochs that are over in no time share a line; the last one is told at the end', () => {
    for (let step = 1; step <= 50; step++) stepAt(step / 50, step, { valLoss: step });
    expect(told()).toHaveLength(1);
    view.end();
    expect(told()).toEqual([expect.stringContaining('step 50/100')]);
  });

  test('nothing is told of a run that told nothing', () => {
    view.tell('cancelled');
    view.end();
    expect(told()).toEqual(['cancelled']);
  });
});
