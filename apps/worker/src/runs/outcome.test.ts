import { describe, expect, test } from '@jest/globals';
import { GradstreamError } from '@gradstream/contracts';
import { decide, failureOf, type Ending, type Verdict } from './outcome.js';

const exit = { code: 0, signal: null, logTail: ['last line'], memoryKill: false };
const killed = { ...exit, code: null, signal: 'SIGKILL' as const };
const ending = (changes: Partial<Ending>): Ending => ({
  verdict: null,
  exit,
  stopCause: null,
  violation: null,
  complete: true,
  ...changes,
});

describe('decide', () => {
  const finished = { type: 'finished', outcome: 'completed' } as const;
  const stopped = { type: 'finished', outcome: 'stopped' } as const;
  const failed = { type: 'failed', code: 'DIVERGED', message: 'NaN at step 3', errors: [] } satisfies Verdict;

  test.each([
    ['the trainer finished', ending({ verdict: finished }), { end: { state: 'succeeded' } }],
    [
      'it finished although a stop was asked for',
      ending({ verdict: finished, stopCause: 'cancel' }),
      { end: { state: 'succeeded' } },
    ],
    [
      'it stopped for a cancel',
      ending({ verdict: stopped, stopCause: 'cancel' }),
      { end: { state: 'cancelled' } },
    ],
    [
      'it had to be killed for a cancel',
      ending({ exit: killed, stopCause: 'cancel' }),
      { end: { state: 'cancelled' } },
    ],
    [
      'it stopped for a shutdown',
      ending({ verdict: stopped, stopCause: 'shutdown' }),
      { release: 'its worker was shut down' },
    ],
    [
      'it stopped for a pause: Postgres says whether it rests',
      ending({ verdict: stopped, stopCause: 'pause' }),
      { release: 'resumed before it had paused' },
    ],
    [
      'it failed',
      ending({ verdict: failed }),
      { end: { state: 'failed', failure: { code: 'DIVERGED', message: 'NaN at step 3' } } },
    ],
    [
      'it stopped at a limit',
      ending({ verdict: stopped, stopCause: { ...failed, code: 'TIME_LIMIT' } }),
      { end: { state: 'failed', failure: { code: 'TIME_LIMIT', logTail: ['last line'] } } },
    ],
    [
      'it died',
      ending({ exit: killed }),
      {
        end: {
          state: 'failed',
          failure: { code: 'ENGINE_CRASHED', signal: 'SIGKILL', logTail: ['last line'] },
        },
      },
    ],
    [
      'the kernel killed it',
      ending({ exit: { ...killed, memoryKill: true } }),
      { end: { state: 'failed', failure: { code: 'OUT_OF_MEMORY' } } },
    ],
    [
      'it finished, but a cancel came before its checkpoints were stored',
      ending({ verdict: finished, stopCause: 'cancel', complete: false }),
      { end: { state: 'cancelled' } },
    ],
    [
      'it finished, but a shutdown came before its checkpoints were stored',
      ending({ verdict: finished, stopCause: 'shutdown', complete: false }),
      { release: 'its worker was shut down' },
    ],
    [
      'it said something that nobody understands, whatever else it said',
      ending({ verdict: finished, exit: killed, violation: new Error('Invalid\n  input') }),
      {
        end: {
          state: 'failed',
          failure: {
            code: 'TRAINER_PROTOCOL',
            message: expect.stringContaining('same version'),
            logTail: ['last line', '(not of the protocol: Invalid input)'],
          },
        },
      },
    ],
    ['it left without a word', ending({}), { end: { state: 'failed', failure: { code: 'ENGINE_CRASHED' } } }],
  ])('%s', (_, given, expected) => {
    expect(decide(given)).toMatchObject(expected);
  });
});

describe('failureOf', () => {
  const full = (code: string): Error => Object.assign(new Error(`${code}: write`), { code });
  test.each([
    ['a full disk', full('ENOSPC'), 'STORAGE_FULL', 'GRADSTREAM_DATA'],
    ['a quota that is used up', full('EDQUOT'), 'STORAGE_FULL', 'GRADSTREAM_DATA'],
    ['a storage that is full', full('XMinioStorageFull'), 'STORAGE_FULL', 'free some'],
    [
      'a refusal of our own',
      new GradstreamError('DATASET_UNREADABLE', 'upload it'),
      'DATASET_UNREADABLE',
      'upload it',
    ],
    ['anything else', new Error('no such op'), 'INTERNAL', 'no such op'],
  ])('%s', (_, error, code, says) => {
    expect(failureOf(error)).toMatchObject({ code, message: expect.stringContaining(says) });
  });
});
