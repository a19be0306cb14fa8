import { expect, test } from '@jest/globals';
import { epochFrame, rateFrame } from './frames.js';

test('a frame of an epoch has what validation measured, and no series of training', () => {
  const at = { step: 5, epoch: 1 };
  const frame = epochFrame({ ...at, validation: { valLoss: 2, valValidity: 0.25 } });
  expect(frame).toMatchObject({ ...at, series: ['valLoss', 'valValidity'], values: [2, 0.25] });
  expect(epochFrame({ ...at, validation: {} })).toBeNull();
});

test.each([
  [{ every: 5, cost: 0.125 }, 1, 'told each 5 steps: they cost 12.5 % of a step.'],
  [{ every: 5, cost: 0.125 }, 50, 'told in one of 5 calls of 50 steps: they cost 12.5 % of a step.'],
  [{ every: 1, cost: -0.01 }, 50, 'told at each step: they cost 0.0 % of a step.'],
])('what was chosen for norms is a line of the log (%j, %d steps a call)', (chosen, stepsPerCall, words) => {
  const message = `The norms of the layers' gradients are ${words}`;
  expect(rateFrame({ ...chosen, step: 66, epoch: 2 }, stepsPerCall)).toMatchObject({
    ...{ kind: 'event', step: 66, epoch: 2 },
    event: { type: 'log', level: 'info', message },
  });
});
