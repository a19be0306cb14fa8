import { expect, test } from '@jest/globals';
import type { RunSpec } from '@gradstream/sdk';
import { changesOf, formOf, placed } from './forkChanges.js';

const optimizer = { name: 'adam', learningRate: 0.001, beta1: 0.9 } as unknown as RunSpec['optimizer'];
const spec = { optimizer, steps: null, epochs: 20 };
const form = formOf('digits', spec);

test('an untouched form changes the name alone; a rate replaces the whole optimizer, as the API asks', () => {
  expect(changesOf(form, spec)).toEqual({ changes: { name: 'digits fork' } });
  expect(changesOf({ ...form, learningRate: '1e-4', length: '40' }, spec)).toEqual({
    changes: {
      name: 'digits fork',
      optimizer: { name: 'adam', learningRate: 0.0001, beta1: 0.9 },
      epochs: 40,
    },
  });
  expect(changesOf({ ...form, length: '7' }, { ...spec, steps: 5 })).toMatchObject({ changes: { steps: 7 } });
});

test('JSON adds other settings; what is no JSON, no object or said twice is told', () => {
  expect(changesOf({ ...form, more: '{"clip": null}' }, spec)).toEqual({
    changes: { name: 'digits fork', clip: null },
  });
  for (const [more, says] of [
    ['{', /not valid JSON/],
    ['[1]', /object/],
    ['{"name": "x"}', /name/],
  ] as const)
    expect(changesOf({ ...form, more }, spec)).toEqual({
      errors: { more: expect.stringMatching(says) as unknown },
    });
});

test.each(['', '0', '-1', 'many', '1.5'])('%j is no number of epochs', (length) => {
  expect(changesOf({ ...form, length }, spec)).toHaveProperty('errors.length');
});

test('problems are told at the field that they are about', () => {
  const problem = (pointer: string | null, hint: string | null = null) => ({ pointer, message: 'm', hint });
  expect(placed([problem('/changes/epochs', 'more'), problem('/changes/seed'), problem(null)])).toEqual({
    errors: { length: 'm. more' },
    others: [problem('/changes/seed'), problem(null)],
  });
});

test('a fork of the end of a run has to be longer', () => {
  expect(changesOf(form, spec, true)).toEqual({
    errors: { length: 'has to be more than 20: the run had reached its end there' },
  });
  expect(changesOf({ ...form, length: '21' }, spec, true)).toMatchObject({ changes: { epochs: 21 } });
});
