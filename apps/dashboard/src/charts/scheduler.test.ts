import { expect, test } from '@jest/globals';
import { DrawScheduler } from './scheduler.js';

test('each is drawn once, in the order asked for, no longer than the budget of a frame', () => {
  let now = 0;
  const frames: (() => void)[] = [];
  const scheduler = new DrawScheduler({ now: () => now, nextFrame: (run) => frames.push(run) });
  const drawn: string[] = [];
  const chart = (name: string) => () => {
    drawn.push(name);
    now += 5;
  };
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(chart);
  for (const draw of [a, b, c, a, d]) if (draw) scheduler.request(draw);
  if (d) scheduler.cancel(d);
  expect(frames).toHaveLength(1);
  frames.shift()?.();
  expect(drawn).toEqual(['a', 'b']); // 10 ms: the rest waits for the next frame.
  frames.shift()?.();
  expect(drawn).toEqual(['a', 'b', 'c']);
  expect(frames).toHaveLength(0);
});
