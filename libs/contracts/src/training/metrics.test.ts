import { describe, expect, test } from '@jest/globals';
import { metricsSettingsSchema } from './metrics.js';

const isAccepted = (label: string): boolean =>
  metricsSettingsSchema.safeParse([{ name: 'accuracy', label }]).success;

describe('a label', () => {
  test.each([
    ...['loss', 'learningRate', 'gradientNorm', 'clippedGradientNorm', 'lossScale', 'skipped', 'stepMs'],
    ...['samplesPerSecond', 'cpuCores', 'memoryBytes', 'gatherMs', 'waitMs', 'outsideMs'],
    ...['valAccuracy', 'valX'],
  ])('"%s" is refused: a series of another meaning has that name', (label) => {
    expect(isAccepted(label)).toBe(false);
  });

  test.each(['validity', 'value', 'val', 'val_x', 'Loss', 'losses'])('"%s" is taken', (label) => {
    expect(isAccepted(label)).toBe(true);
  });
});
