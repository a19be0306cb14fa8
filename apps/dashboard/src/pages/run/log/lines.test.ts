import { expect, test } from '@jest/globals';
import type { LogLine } from '../events/EventFeed.js';
import { asText, levelOf, linesFrom } from './lines.js';

const line = (seq: number, level: LogLine['level']): LogLine => ({
  ...{ seq, level, attempt: 1, step: 5, time: '2026-01-01T00:00:00.000Z', message: `m${seq}` },
});
const all = [line(1, 'info'), line(2, 'warn'), line(3, 'error')];

test('a level shows itself and what is graver', () => {
  expect(linesFrom(all, 'info')).toHaveLength(3);
  expect([...linesFrom(all, 'warn')].map(({ seq }) => seq)).toEqual([2, 3]);
  expect([...linesFrom(all, 'error')].map(({ seq }) => seq)).toEqual([3]);
});

test('a level in an address that is none means all', () => {
  expect(levelOf('warn')).toBe('warn');
  expect(levelOf('loud')).toBe('info');
  expect(levelOf(null)).toBe('info');
});

test('as a text each line has all that is known of it', () => {
  expect(asText([line(1, 'info')])).toBe('2026-01-01T00:00:00.000Z\tinfo\tattempt 1\tstep 5\tm1\n');
});
