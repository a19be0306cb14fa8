import { expect, test } from '@jest/globals';
import { callbacksSchema, unknownMonitors, validationName } from './callbacks.js';

test('the name of a series of validation', () => {
  expect(['loss', 'f1/2', 'price_loss'].map(validationName)).toEqual(['valLoss', 'valF1/2', 'valPrice_loss']);
});

test('series that nobody measures are named, of rules that watch', () => {
  const settings = callbacksSchema.parse({
    earlyStopping: { monitor: 'valLos', mode: 'min' },
    reduceOnPlateau: { monitor: 'loss/3', mode: 'min' },
    checkpoints: { keepBest: 1 },
  });
  const isMeasured = (series: string): boolean => ['loss', 'valLoss'].includes(series);
  const unknown = [
    { rule: 'earlyStopping', monitor: 'valLos' },
    { rule: 'reduceOnPlateau', monitor: 'loss/3' },
  ];
  expect(unknownMonitors(settings, isMeasured)).toEqual(unknown);
  expect(unknownMonitors(settings, () => false)).toEqual([
    ...unknown,
    { rule: 'checkpoints', monitor: 'valLoss' },
  ]);
  // Checkpoints of which none is kept for being the best are not compared.
  expect(unknownMonitors(callbacksSchema.parse({}), () => false)).toEqual([]);
});
