// Batches that do not fit are refused before the engine sees them.

import { expect, test } from '@jest/globals';
import type { Samples } from '../fit/data.js';
import { Training } from '../fit/training.js';
import { useEngine } from '../testing/engine.js';
import { graphOf, mlp, settingsOf, wedges } from '../testing/trainings.js';
import { checkGradients } from './gradientCheck.js';
import { traceBackpropagation } from './trace.js';

const get = useEngine();
const batch = wedges(8).take(Uint32Array.from({ length: 8 }, (_, at) => at));

test.each<[string, Samples]>([
  ['inputs of another width', { ...batch, inputs: [{ values: new Float32Array(40), shape: [5] }] }],
  ['no targets', { ...batch, targets: [] }],
])('%s', async (_, samples) => {
  const training = new Training(get(), graphOf(mlp), settingsOf());
  const refused = expect.objectContaining({ code: 'VALIDATION_FAILED' });
  try {
    expect(() => traceBackpropagation(training, samples)).toThrow(refused);
    await expect(checkGradients(training, samples)).rejects.toEqual(refused);
  } finally {
    training.dispose();
  }
});
