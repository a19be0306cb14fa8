import { expect, test } from '@jest/globals';
import { Clock } from './clock.js';

test('times between known steps go evenly; before and after them they stand', () => {
  const clock = new Clock();
  clock.add(10, 1, 1000);
  clock.add(20, 1, 3000);
  expect(clock.position(15, 'wall')).toBe(2);
  expect(clock.position(15, 'relative')).toBe(1);
  expect(clock.position(5, 'wall')).toBe(1);
  expect(clock.position(30, 'wall')).toBe(3);
  expect(clock.position(15, 'step')).toBe(15);
});

test('epochs are found from the steps that end them, or given', () => {
  const clock = new Clock();
  // Three epochs of 7 steps.
  for (let step = 1; step <= 21; step++) clock.add(step, Math.ceil(step / 7), step);
  expect([...clock.positions(Float64Array.of(7, 14, 21), 'epoch')]).toEqual([1, 2, 3]);
  expect(new Clock(4).position(6, 'epoch')).toBe(1.5);
});

test('a run that goes back is at a later time there', () => {
  const clock = new Clock();
  clock.add(1, 1, 1000);
  clock.add(9, 1, 2000);
  clock.cutAfter(4);
  clock.add(5, 1, 9000);
  expect(clock.position(5, 'wall')).toBe(9);
});

test('many steps take little room', () => {
  const clock = new Clock();
  for (let step = 1; step <= 100_000; step++) clock.add(step, 1, 1000 * step);
  expect(clock.position(54_321, 'wall')).toBeCloseTo(54_321, 6);
});

test('which step was at a position', () => {
  const clock = new Clock(10);
  clock.add(10, 1, 1000);
  clock.add(20, 2, 3000);
  expect(clock.stepAt(7.5, 'step', 20)).toBe(8);
  expect(clock.stepAt(1.5, 'epoch', 20)).toBe(15);
  expect(clock.stepAt(1, 'relative', 20)).toBe(15);
  expect(clock.stepAt(-5, 'step', 20)).toBe(0);
  expect(clock.stepAt(99, 'epoch', 20)).toBe(20);
});
