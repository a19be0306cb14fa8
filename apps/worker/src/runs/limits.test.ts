import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { AttemptLimits } from './limits.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const aborted = (limits: AttemptLimits) => ({
  preparing: limits.preparing.aborted,
  uploading: limits.uploading.aborted,
  writing: limits.writing.aborted,
  concluding: limits.concluding.aborted,
});

describe('AttemptLimits', () => {
  test('a shutdown is over within 15 seconds, whatever hangs', () => {
    const limits = new AttemptLimits();
    limits.stop('shutdown');
    expect(aborted(limits)).toEqual({ preparing: true, uploading: false, writing: false, concluding: false });
    jest.advanceTimersByTime(13_000);
    expect(aborted(limits)).toEqual({ preparing: true, uploading: true, writing: true, concluding: false });
    jest.advanceTimersByTime(2000);
    expect(limits.concluding.aborted).toBe(true);
  });

  test('a cancel gives up checkpoints when the trainer has ended, and never what Postgres is to hold', () => {
    const limits = new AttemptLimits();
    limits.stop('cancel');
    jest.advanceTimersByTime(600_000);
    expect(limits.uploading.aborted).toBe(false);
    limits.trainerEnded();
    jest.advanceTimersByTime(600_000);
    expect(aborted(limits)).toEqual({ preparing: true, uploading: true, writing: false, concluding: false });
  });

  test('a pause waits for its checkpoint, until a cancel or a shutdown does not', () => {
    const limits = new AttemptLimits();
    limits.stop('pause');
    limits.trainerEnded();
    jest.advanceTimersByTime(600_000);
    expect(aborted(limits)).toEqual({
      preparing: true,
      uploading: false,
      writing: false,
      concluding: false,
    });
    limits.stop('cancel');
    jest.advanceTimersByTime(600_000);
    expect(limits.uploading.aborted).toBe(true);
  });

  test('a shutdown after a cancel is a shutdown', () => {
    const limits = new AttemptLimits();
    limits.stop('cancel');
    limits.stop('shutdown');
    jest.advanceTimersByTime(15_000);
    expect(limits.concluding.aborted).toBe(true);
  });

  test('nothing is given up while nobody asks for a stop', () => {
    const limits = new AttemptLimits();
    limits.trainerEnded();
    jest.advanceTimersByTime(600_000);
    expect(aborted(limits)).toEqual({
      preparing: false,
      uploading: false,
      writing: false,
      concluding: false,
    });
  });
});
