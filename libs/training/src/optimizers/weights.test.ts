import { describe, expect, test } from '@jest/globals';
import { optimizerSettingsSchema } from '@gradstream/contracts';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fitsPattern, roleOf } from './weights.js';

test.each([
  ['dense/kernel', 'dense/kernel', true],
  ['dense/kernel', 'dense', false],
  ['dense/kernel', 'dense/*', true],
  ['dense/kernel', '*', true],
  ['dense/kernel', '*/kernel', true],
  ['dense/kernel', '*n*k*', true],
  ['dense/kernel', 'd*e*d*', false],
  ['aba', 'ab*ba', false],
  ['abba', 'ab*ba', true],
  ['a.c', 'a?c', false],
  ['a+', 'a+', true],
])('%s fits %s: %s', (name, pattern, fits) => {
  expect(fitsPattern(name, pattern)).toBe(fits);
});

test('a pattern that a regular expression would take for ever over takes no time', () => {
  expect(fitsPattern('a'.repeat(10_000), `${'*a'.repeat(99)}*b`)).toBe(false);
});

test.each([
  [{ name: 'dense/bias' }, 'bias'],
  [{ name: 'norm/gamma' }, 'normalization'],
  [{ name: 'norm/beta' }, 'normalization'],
  [{ name: 'norm/scale' }, 'normalization'],
  [{ name: 'dense/kernel' }, 'kernel'],
  [{ name: 'odd/toString' }, 'toString'],
  [{ name: 'slope/beta', role: 'parameter' }, 'parameter'],
])('the role of %j is %s', (weight, role) => {
  expect(roleOf(weight)).toBe(role);
});

describe('defaults are those of Keras', () => {
  const folder = path.join(import.meta.dirname, '../testing/golden/optimizers');
  const NAMES: Readonly<Record<string, string>> = { SGD: 'sgd', RMSprop: 'rmsprop' };
  /** Options of other names here, or none. */
  const OPTIONS: Readonly<Record<string, string | null>> = {
    ns_steps: 'newtonSchulzSteps',
    muon_a: 'newtonSchulzA',
    muon_b: 'newtonSchulzB',
    muon_c: 'newtonSchulzC',
    adam_lr_ratio: 'adamLearningRateRatio',
    exclude_layers: 'exclude',
    l1_regularization_strength: 'l1',
    l2_regularization_strength: 'l2',
    l2_shrinkage_regularization_strength: 'l2Shrinkage',
    relative_step: null,
    clipnorm: null,
    global_clipnorm: null,
    clipvalue: null,
    use_ema: null,
    ema_momentum: null,
    ema_overwrite_frequency: null,
    loss_scale_factor: null,
    gradient_accumulation_steps: null,
  };
  interface Golden {
    readonly class: string;
    readonly cases: { readonly given: object; readonly config: Readonly<Record<string, unknown>> }[];
  }
  const cases = readdirSync(folder).flatMap((file) => {
    const golden = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Golden;
    const plain = golden.cases.find(({ given }) => Object.keys(given).length === 0);
    return plain ? [[golden.class, plain.config] as const] : [];
  });
  test.each(cases)('%s', (kind, config) => {
    const name = NAMES[kind] ?? kind.charAt(0).toLowerCase() + kind.slice(1);
    const settings: Readonly<Record<string, unknown>> = optimizerSettingsSchema.parse(name);
    for (const [key, value] of Object.entries(config)) {
      const other = OPTIONS[key];
      if (other === null) continue;
      const option = other ?? key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      const found = settings[option];
      const rounded = option === 'learningRate' && typeof found === 'number' ? Math.fround(found) : found;
      expect([option, rounded]).toEqual([option, value]);
    }
  });
});

test.each([
  [{ name: 'adm' }],
  [{ name: 'adam', learningrate: 0.1 }],
  [{ name: 'adam', learningRate: 0 }],
  [{ name: 'adam', learningRate: Number.NaN }],
  [{ name: 'adam', beta1: 1 }],
  [{ name: 'adam', epsilon: 1e-300 }],
  [{ name: 'sgd', weightDecay: -1 }],
  [{ name: 'sgd', ema: { momentum: 2 } }],
  [{ name: 'muon', newtonSchulzSteps: 1e9 }],
  [null],
])('%j is refused', (settings) => {
  expect(optimizerSettingsSchema.safeParse(settings).success).toBe(false);
});
