import { describe, expect, test } from '@jest/globals';
import { decide, type Ending, type Verdict } from './outcome.js';

const exit = { code: 0, signal: null, logTail: ['last line'], memoryKill: false };
const killed = { ...exit, code: null, signal: 'SIGKILL' as const };
const ending = (changes: Partial<Ending>): Ending => ({ verdict: null, exit, stopCause: null, ...changes });

describe('decide', () => {
  const finished = { type: 'finished', outcome: 'completed' } as const;
  const stopped = { type: 'finished', outcome: 'stopped' } as const;
  const failed: Verdict = { type: 'failed', code: 'DIVERGED', message: 'NaN at step 3', errors: [] };

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
      'it failed',
      ending({ verdict: failed }),
      { end: { state: 'failed', failure: { code: 'DIVERGED', message: 'NaN at step 3' } } },
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
    ['it left without a word', ending({}), { end: { state: 'failed', failure: { code: 'ENGINE_CRASHED' } } }],
  ])('%s', (_, given, expected) => {
    expect(decide(given)).toMatchObject(expected);
  });
});
