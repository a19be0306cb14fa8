import { describe, expect, test } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { describeError } from './output.js';
import { handworkLines } from './handwork.js';
import { bar, fitted, formatDuration, ProgressView } from './progress.js';
import { GradstreamError, type MetricBatch, type MetricPoint } from '@gradstream/sdk';

const point = (step: number, values: Record<string, number>): MetricPoint => ({
  seq: step,
  attempt: 1,
  step,
  epoch: 1,
  time: '2026-01-01T00:00:00.000Z',
  values,
});

describe('progress', () => {
  test('the bar is as full as the share, and no fuller', () => {
    expect(bar(0)).toBe('░'.repeat(24));
    expect(bar(0.5)).toBe('█'.repeat(12) + '░'.repeat(12));
    expect(bar(7)).toBe('█'.repeat(24));
  });

  test('durations read as a person says them', () => {
    expect([0, 59.4, 60, 125, Number.NaN].map(formatDuration)).toEqual([
      '0 s',
      '59 s',
      '1 min 0 s',
      '2 min 5 s',
      '?',
    ]);
  });

  test('a line has the parts that fit, and leaves the last column free', () => {
    expect(fitted(['abc', 'de', 'f'], 9)).toBe('abc  de');
    expect(fitted(['abc', 'de', 'f'], 7)).toBe('abc');
    expect(fitted(['abc', 'de'], 3)).toBe('ab');
    expect(fitted(['abc', 'de', 'f'])).toBe('abc  de  f');
  });

  test('away from a terminal a line is written an epoch', () => {
    const out = new PassThrough();
    const view = new ProgressView(() => 4, out);
    view.accept({
      points: [point(1, { loss: 2 }), point(2, { valLoss: 1.5, valAccuracy: 0.25 })],
      cursor: 'c',
      rewoundTo: null,
      done: false,
    });
    view.end();
    const text = String(out.read());
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toContain('50 %');
    expect(text).toContain('loss 2.000');
    expect(view.value('valLoss')).toBe(1.5);
  });
});

describe('progress on a terminal', () => {
  const batch = (...points: MetricPoint[]): MetricBatch => ({
    points,
    cursor: 'c',
    rewoundTo: null,
    done: false,
  });

  test('a line of its own stands above the picture, which is drawn again', () => {
    const out = Object.assign(new PassThrough(), { isTTY: true, columns: 60 });
    const view = new ProgressView(() => 4, out);
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
    const view = new ProgressView(() => 4, out);
    view.accept(batch(point(1, trained), point(1, validated)));
    expect(String(out.read())).toContain(expected);
  });

  test('a gradient norm is shown with the step that told it, and with no later one', () => {
    const out = Object.assign(new PassThrough(), { isTTY: true });
    const view = new ProgressView(() => 4, out);
    view.accept(batch(point(1, { loss: 2, gradientNorm: 0.5 })));
    expect(String(out.read())).toContain('grad 0.5000');
    view.accept(batch(point(1, { valLoss: 1 })));
    expect(String(out.read())).toContain('grad 0.5000');
    view.accept(batch(point(2, { loss: 1 })));
    expect(String(out.read())).toContain('grad –');
  });

  test('after a rewind the time that is left is measured anew', () => {
    const out = Object.assign(new PassThrough(), { isTTY: true });
    const view = new ProgressView(() => 4, out);
    view.accept(batch(point(1, {}), point(3, {})));
    expect(String(out.read())).not.toContain('left ?');
    view.accept({ ...batch(point(2, {})), rewoundTo: 1 });
    expect(String(out.read())).toContain('step 2/4  left ?');
  });
});

describe('output', () => {
  test('an error names each place and hint', () => {
    const error = new GradstreamError('DATASET_REJECTED', 'two problems', {
      errors: [
        { line: 3, column: 2, code: 'ragged', message: 'has 2 fields', hint: 'add one' },
        { pointer: '/name', code: 'x', message: 'is missing' },
      ],
    });
    expect(describeError(error)).toEqual([
      'DATASET_REJECTED: two problems',
      '  line 3, column 2: has 2 fields (add one)',
      '  /name: is missing',
    ]);
  });

  test('the printed lines hold the ids, and a body that is JSON', () => {
    const ids = {
      url: 'http://127.0.0.1:1',
      apiKey: 'gs_k',
      dataset: 'ds_1',
      model: 'mdl_1',
      run: 'run_1',
      checkpoint: 'ckpt_1',
    };
    const lines = handworkLines({ ...ids, settings: { epochs: 2 } });
    const body =
      /\/v1\/runs .*-d '(.*)'$/.exec(lines.find((line) => line.includes('"epochs"')) ?? '')?.[1] ?? '';
    expect(JSON.parse(body)).toEqual({ epochs: 2, dataset: 'ds_1', model: 'mdl_1' });
    expect(lines.filter((line) => line.includes('gs_k'))).toEqual(["export KEY='gs_k'"]);
    expect(lines.at(-1)).toContain('/v1/checkpoints/ckpt_1/download?format=safetensors');
  });
});
