import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs';
import { useEngine } from '../testing.js';
import { definedKernels } from './kernels.js';
import { activationCases } from './testing/cases/activations.js';
import { layerCases } from './testing/cases/layers.js';
import { lossCases } from './testing/cases/losses.js';
import { recurrentCases } from './testing/cases/recurrent.js';
import { replacedCases } from './testing/cases/replaced.js';
import { spatialCases } from './testing/cases/spatial.js';
import { checkCase } from './testing/check.js';

const engine = useEngine();
const cases = [
  ...spatialCases,
  ...replacedCases,
  ...activationCases,
  ...layerCases,
  ...lossCases,
  ...recurrentCases,
];

describe('gradients', () => {
  test.each(cases.map((entry) => [entry.name, entry] as const))(
    'of %s are those of central differences in float64 and of tfjs',
    (_, entry) => {
      checkCase(engine(), entry);
    },
  );

  test('do not flow through what is made without them, nor meet its ops that have none', () => {
    const { tf } = engine();
    const f = (x: Tensor) =>
      x.mul(engine().withoutGradients(() => tf.where(x.greater(0), x, x.mul(2)))).sum();
    expect([
      ...tf
        .grad(f)(tf.tensor1d([3, -4]))
        .dataSync(),
    ]).toEqual([3, -8]);
  });

  test('of every op that is registered have a case', () => {
    const covered = new Set(cases.flatMap(({ covers }) => covers));
    covered.add('Dropout'); // Its mask has no closed form: dropout.test.ts.
    const replaced = engine().replacedGradients.map(({ kernelName }) => kernelName);
    const registered = [...definedKernels(engine().runtime), ...replaced];
    expect(registered.length).toBeGreaterThan(20);
    expect(registered.filter((name) => !covered.has(name))).toEqual([]);
  });
});
