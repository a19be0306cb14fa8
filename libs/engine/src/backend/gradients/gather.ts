// Gradient of taking rows: a sum by index, without the transpositions that other axes need.

import type { Tensor } from '@tensorflow/tfjs';
import type { Runtime } from '../runtime.js';
import type { Replacement } from './replace.js';

export function gatherGradients({ tf }: Runtime): Replacement[] {
  const original = tf.getGradient('GatherV2');
  return [
    {
      kernelName: 'GatherV2',
      inputsToSave: ['x', 'indices'],
      gradient: (dy, [x = dy, indices = dy], attributes) => {
        if (attributes['axis'] !== 0 || attributes['batchDims'])
          return original.gradFunc(dy, [x, indices], attributes);
        const [count = 0, ...row] = x.shape;
        const rows = (): Tensor => dy.reshape([indices.size, ...row]);
        return { x: () => tf.unsortedSegmentSum(rows(), indices.flatten(), count) };
      },
    },
  ];
}
