import { expect, test } from '@jest/globals';
import { epochFrame } from './frames.js';

test('a frame of an epoch has what validation measured, and no series of training', () => {
  const metrics = { loss: 1, validity: 0.5, valLoss: 2, valValidity: 0.25 };
  const frame = epochFrame({ step: 5, epoch: 1, metrics, results: {} });
  expect(frame).toMatchObject({ step: 5, epoch: 1, series: ['valLoss', 'valValidity'], values: [2, 0.25] });
  expect(epochFrame({ step: 5, epoch: 1, metrics: { loss: 1, validity: 0.5 }, results: {} })).toBeNull();
});
