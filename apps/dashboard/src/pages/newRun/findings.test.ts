import { expect, test } from '@jest/globals';
import { findingsIn, findingsOf, joined, modelFindings } from './findings.js';

const problem = (pointer: string, message = 'is wrong') => ({ pointer, message, code: 'x' });

test('each part gets what is about it, with pointers into it', () => {
  const all = findingsOf(
    [problem('/model/0/units'), problem('/epochs'), problem('/dataset'), problem('/modelling')],
    [problem('/model')],
  );
  const places = (part: 'model' | 'settings' | 'dataset') =>
    findingsIn(all, part).map(({ pointer, severity }) => [pointer, severity]);
  expect(places('model')).toEqual([
    ['/0/units', 'error'],
    ['', 'warning'],
  ]);
  expect(places('settings')).toEqual([
    ['/epochs', 'error'],
    ['/modelling', 'error'],
  ]);
  expect(places('dataset')).toEqual([['', 'error']]);
});

test('what both verdicts tell is said once', () => {
  const ofModel = modelFindings([problem('/definition/0/units'), problem('/definition/1', 'is odd')], []);
  const ofRun = findingsIn(
    findingsOf([problem('/model/0/units'), problem('/model', 'does not fit')], []),
    'model',
  );
  expect(joined(ofModel, ofRun).map(({ pointer, message }) => [pointer, message])).toEqual([
    ['/0/units', 'is wrong'],
    ['/1', 'is odd'],
    ['', 'does not fit'],
  ]);
});
