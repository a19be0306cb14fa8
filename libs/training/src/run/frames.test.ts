import { expect, test } from '@jest/globals';
import { epochFrame } from './frames.js';

test('a frame of an epoch has what validation measured, and no series of training', () => {
  const at = { step: 5, epoch: 1 };
  const frame = epochFrame({ ...at, validation: { valLoss: 2, valValidity: 0.25 } });
  expect(frame).toMatchObject({ ...at, series: ['valLoss', 'valValidity'], values: [2, 0.25] });
  expect(epochFrame({ ...at, validation: {} })).toBeNull();
});
