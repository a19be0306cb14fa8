import assert from 'node:assert/strict';
import test from 'node:test';
import { bar, formatAmount, formatDuration, StepView } from './progress.mjs';

/** A screen that keeps what was written, and a clock that is set by hand. */
function screen(/** @type {boolean} */ isTTY) {
  let text = '';
  const state = { now: 0, columns: 120 };
  return {
    state,
    now: () => state.now,
    out: {
      isTTY,
      get columns() {
        return state.columns;
      },
      write: (/** @type {string} */ more) => (text += more),
    },
    text: () => text,
  };
}

test('amounts, bars and times read as a person says them', () => {
  assert.equal(formatAmount({ done: 12_000_000, total: 273_829_956, unit: 'B' }), '12.0 of 273.8 MB');
  assert.equal(formatAmount({ done: 7, unit: 'modules' }), '7 modules');
  assert.equal(bar(0.25), '█████░░░░░░░░░░░░░░░');
  assert.equal(bar(3), '█'.repeat(20));
  assert.deepEqual([0, 59_400, 61_000].map(formatDuration), ['0 s', '59 s', '1 min 1 s']);
});

test('a terminal has one line, with share and the time that is left', () => {
  const { out, now, state, text } = screen(true);
  const view = new StepView('TensorFlow', out, now);
  view.report('downloading', { done: 0, total: 200_000_000, unit: 'B' });
  state.now = 10_000;
  view.report('downloading', { done: 50_000_000, total: 200_000_000, unit: 'B' });
  const last = text().split('\r\x1b[2K').at(-1) ?? '';
  // 50 MB took 10 s, so the other 150 MB take 30 s.
  assert.match(
    last,
    /^ {2}TensorFlow: downloading █{5}░{15} 25 % {2}50\.0 of 200\.0 MB {2}30 s left {2}\(10 s\)$/,
  );
  assert.equal(text().includes('\n'), false);
  state.now = 40_000;
  view.end(true);
  assert.equal(text().endsWith('\r\x1b[2K  TensorFlow: done in 40.0 s\n'), true);
});

test('a line never wraps: a redraw would leave its first part behind', () => {
  const { out, now, state, text } = screen(true);
  state.columns = 30;
  new StepView('versitygw', out, now).report('compiling', { done: 3, total: 576, unit: 'packages' });
  assert.equal(text().replace('\r\x1b[2K', '').length, 29);
});

test('without a terminal there is at most a line every ten seconds', () => {
  const { out, now, state, text } = screen(false);
  const view = new StepView('npm packages', out, now);
  for (; state.now <= 35_000; state.now += 100)
    view.report('installing', { done: Math.floor(state.now / 100), total: 700, unit: 'packages' });
  view.end(false);
  const lines = text().trimEnd().split('\n');
  assert.equal(lines.length, 5);
  assert.equal(lines[0], '  npm packages …');
  // 100 packages in ten seconds of a hundredth each: 600 more take a minute.
  assert.match(
    lines[1] ?? '',
    /^ {4}installing █{3}░{17} 14 % {2}100 of 700 packages {2}1 min 0 s left {2}\(10 s\)$/,
  );
  assert.match(lines[4] ?? '', /given up after 35\.\d s$/);
  assert.equal(text().includes('\x1b'), false);
});
