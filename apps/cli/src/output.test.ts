import { describe, expect, test } from '@jest/globals';
import { GradstreamError } from '@gradstream/sdk';
import { handworkLines } from './handwork.js';
import { describeError } from './output.js';

describe('output', () => {
  test('an error names each place and hint', () => {
    const error = new GradstreamError('DATASET_REJECTED', 'two problems', {
      errors: [
        { line: 3, column: 2, code: 'ragged', message: 'has 2 fields', hint: 'add one' },
        { pointer: '/name', code: 'x', message: 'is missing' },
      ],
    });
    expect(describeError(error)).toEqual([
      'DATASET_REJECTED: two problems',
      '  line 3, column 2: has 2 fields (add one)',
      '  /name: is missing',
    ]);
  });

  test('the printed lines hold the ids, and a body that is JSON', () => {
    const ids = {
      url: 'http://127.0.0.1:1',
      apiKey: 'gs_k',
      dataset: 'ds_1',
      model: 'mdl_1',
      run: 'run_1',
      checkpoint: 'ckpt_1',
    };
    const lines = handworkLines({ ...ids, settings: { epochs: 2 } });
    const body =
      /\/v1\/runs .*-d '(.*)'$/.exec(lines.find((line) => line.includes('"epochs"')) ?? '')?.[1] ?? '';
    expect(JSON.parse(body)).toEqual({ epochs: 2, dataset: 'ds_1', model: 'mdl_1' });
    expect(lines.filter((line) => line.includes('gs_k'))).toEqual(["export KEY='gs_k'"]);
    expect(lines.at(-1)).toContain('/v1/checkpoints/ckpt_1/download?format=safetensors');
  });
});
