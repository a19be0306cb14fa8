// Layers that pass no gradient on pass none on in a wrapper.

import { expect, test } from '@jest/globals';
import { checkStructure } from '../../checks/structure.js';
import { graphOf } from '../../testing/formats.js';

const within = (class_name: string, config: object): object => ({
  class_name: 'Sequential',
  config: {
    layers: [
      { class_name: 'InputLayer', config: { batch_shape: [null, 3, 4] } },
      { class_name: 'Dense', config: { name: 'before', units: 4 } },
      { class_name: 'TimeDistributed', config: { name: 'each', layer: { class_name, config } } },
      { class_name: 'Dense', config: { name: 'after', units: 1 } },
    ],
  },
});

test.each([
  ['Expression', { inputs: ['x'], formula: 'floor(x)' }],
  ['Embedding', { input_dim: 5, output_dim: 2 }],
])('%s in a TimeDistributed', (type, config) => {
  const codes = checkStructure(graphOf(within(type, config)), 8).map(({ code }) => code);
  expect(codes).toContain('noGradient');
});

test('others do', () => {
  const codes = checkStructure(graphOf(within('Dense', { units: 2 })), 8).map(({ code }) => code);
  expect(codes).not.toContain('noGradient');
});
