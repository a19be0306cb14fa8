import { describe, expect, test } from '@jest/globals';
import { GradstreamError } from '@gradstream/contracts';
import { failedAnswer, LostPredictor, mayAskAnother } from './failures.js';

const never = new AbortController().signal;
const aborted = AbortSignal.abort();
const inTime = { closing: never, deadline: never };
const late = { closing: never, deadline: aborted };
const invalid = new GradstreamError('CHECKPOINT_INVALID', 'gone');
const away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

describe('a failure as an answer', () => {
  test.each([
    ['of rows', invalid, inTime, 'CHECKPOINT_INVALID'],
    ['of rows, told late', invalid, late, 'CHECKPOINT_INVALID'],
    ['of a download that the deadline ended', aborted.reason, late, 'PREDICTION_TIMEOUT'],
    ['of a service that stayed away until the deadline', away, late, 'PREDICTION_TIMEOUT'],
    ['that nobody foresaw', new TypeError('x is no function'), inTime, 'INTERNAL'],
  ])('%s', (_, error, signals, code) => {
    expect(failedAnswer(error, signals)).toMatchObject({ ok: false, code });
  });

  test.each([
    ['a service that is away', away, inTime, 'connect'],
    ['anything in a shutdown', invalid, { closing: aborted, deadline: aborted }, 'left to another one'],
  ])('%s is left to another try', (_, error, signals, message) => {
    expect(() => failedAnswer(error, signals)).toThrow(message);
  });
});

test.each([
  ['died over the first rows that it was asked', new GradstreamError('ENGINE_CRASHED', ''), false, false],
  ['was loaded and died', new GradstreamError('ENGINE_CRASHED', ''), true, true],
  ['was killed because of others', new LostPredictor(), false, true],
  ['refused the rows', new GradstreamError('VALIDATION_FAILED', ''), true, false],
])('a process that %s', (_, error, wasLoaded, another) => {
  expect(mayAskAnother(error, wasLoaded)).toBe(another);
});
