import { expect, test } from '@jest/globals';
import { parseSort } from './runSort.js';

test.each([
  ['createdAt', 'createdAt', 'desc', null],
  ['name', 'name', 'asc', null],
  ['duration:asc', 'duration', 'asc', null],
  ['valLoss', 'valLoss.min', 'asc', { series: 'valLoss', statistic: 'min' }],
  ['valAccuracy', 'valAccuracy.max', 'desc', { series: 'valAccuracy', statistic: 'max' }],
  ['valAccuracy:asc', 'valAccuracy.max', 'asc', { series: 'valAccuracy', statistic: 'max' }],
  ['loss:last', 'loss.last', 'asc', { series: 'loss', statistic: 'last' }],
  ['loss:max:desc', 'loss.max', 'desc', { series: 'loss', statistic: 'max' }],
  ['learningRate', 'learningRate.last', 'desc', { series: 'learningRate', statistic: 'last' }],
  ['learningRate:min', 'learningRate.min', 'asc', { series: 'learningRate', statistic: 'min' }],
  ['a:b', 'a:b.last', 'desc', { series: 'a:b', statistic: 'last' }],
] as const)('%s sorts by %s, %s', (text, sort, order, metric) => {
  expect(parseSort(text)).toEqual({ sort, order, metric });
});

test.each(['', ':min', ':desc', 'name:min'])('%p is no order', (text) => {
  expect(() => parseSort(text)).toThrow('It is METRIC[:min|max|last][:asc|desc]');
});
