import { expect, test } from '@jest/globals';
import { DrawScheduler } from './scheduler.js';

/** A scheduler on a clock of the test's, and its next frame. */
function scheduled() {
  const frames: (() => void)[] = [];
  const clock = { now: 0 };
  const scheduler = new DrawScheduler({ now: () => clock.now, nextFrame: (run) => frames.push(run) });
  const frame = (): void => frames.shift()?.();
  return { scheduler, frames, frame, clock };
}

test('each is drawn once, in the order asked for, no longer than the budget of a frame', () => {
  const { scheduler, frames, frame, clock } = scheduled();
  const drawn: string[] = [];
  const chart = (name: string) => () => {
    drawn.push(name);
    clock.now += 5;
  };
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(chart);
  for (const draw of [a, b, c, a, d]) if (draw) scheduler.request(draw);
  if (d) scheduler.cancel(d);
  expect(frames).toHaveLength(1);
  frame();
  expect(drawn).toEqual(['a', 'b']); // 10 ms: the rest waits for the next frame.
  frame();
  expect(drawn).toEqual(['a', 'b', 'c']);
  frame(); // What the last drawing took is seen, and no further frame is asked for.
  expect(frames).toHaveLength(0);
});

/** Frames and charts of a second, by a clock on which a frame takes 16 ms, and so much more for each chart that is drawn in it. */
function second(paintMs: number): { frames: number; charts: number } {
  const { scheduler, frame, clock } = scheduled();
  let [charts, inFrame] = [0, 0];
  const draws = Array.from({ length: 20 }, () => () => {
    charts++;
    inFrame++;
  });
  let frames = 0;
  while (clock.now < 3000) {
    for (const draw of draws) scheduler.request(draw);
    inFrame = 0;
    const isCounted = clock.now >= 2000;
    if (!isCounted) charts = 0;
    frame();
    clock.now += 16 + paintMs * inFrame;
    if (isCounted) frames++;
  }
  return { frames, charts };
}

test.each([
  [0, 60, 900], // Nothing to wait for: as many charts as a frame may have.
  [10, 45, 20],
  [40, 30, 5],
])('charts that take %d ms to paint leave %d frames a second, and all get on', (paintMs, least, charts) => {
  const found = second(paintMs);
  expect(found.frames).toBeGreaterThanOrEqual(least);
  expect(found.charts).toBeGreaterThanOrEqual(charts);
});
