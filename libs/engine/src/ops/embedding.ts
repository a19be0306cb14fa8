// Rows of a table by index.

import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import { floatType } from './attributes.js';
import { defineKernel } from './kernels.js';

export function embeddingOps(runtime: Runtime) {
  const { tf } = runtime;
  const int32 = (name: string) => runtime.typeAttribute(name, 'int32');
  const embedding = defineKernel(runtime, 'Embedding', {
    inputs: ['table', 'ids'],
    outputs: ['y'],
    saved: ['table', 'ids'],
    forward: ({ table, ids }) => {
      const types = [runtime.typeAttribute('Tparams', 'float32'), int32('Tindices'), int32('Taxis')];
      return [runtime.run('GatherV2', types, [table, ids, tf.scalar(0, 'int32')])];
    },
    gradient: ({ y: dy }, { table, ids }) => ({
      table: () => {
        const [rows] = table.shape as [number];
        const types = [floatType(runtime), int32('Tindices'), int32('Tnumsegments')];
        return runtime.run('UnsortedSegmentSum', types, [dy, ids, tf.scalar(rows, 'int32')]);
      },
    }),
  });
  return {
    /**
     * The rows of a table [count, features] at ids (int32 of any shape) → [...ids, features]. An id out of range is
     * INVALID_ARGUMENT. The gradient is dense: rows that were taken several times get the sum.
     */
    embedding: (table: Tensor2D, ids: Tensor): Tensor => embedding({ table, ids }, {}).y,
  };
}
