import { expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { atATime } from './atATime.js';

const never = new AbortController().signal;

test('each item is worked on once, and no more at a time than may be', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await atATime(3, [1, 2, 3, 4, 5, 6, 7], never, async (item) => {
    most = Math.max(most, ++running);
    await turn();
    running--;
    done.push(item);
  });
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
  await atATime(3, [], never, () => Promise.reject(new Error('there is nothing to do')));
});

test('a failure stops the others, which are waited for, and is what is thrown', async () => {
  const begun: number[] = [];
  let stopped = 0;
  const work = async (item: number, stop: AbortSignal): Promise<void> => {
    begun.push(item);
    await turn();
    if (item === 2) throw new Error('second');
    while (!stop.aborted) await turn();
    stopped++;
    throw new Error('stopped');
  };
  await expect(atATime(3, [1, 2, 3, 4], never, work)).rejects.toThrow('second');
  expect([begun, stopped]).toEqual([[1, 2, 3], 2]);
});

test('the signal stops all of it, also between two items', async () => {
  const giveUp = new AbortController();
  const begun: number[] = [];
  const working = atATime(1, [1, 2], giveUp.signal, (item) => {
    begun.push(item);
    giveUp.abort(new Error('enough'));
    return Promise.resolve();
  });
  await expect(working).rejects.toThrow('enough');
  expect(begun).toEqual([1]);
});
