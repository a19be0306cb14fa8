import { expect, test } from '@jest/globals';
import { Gradstream } from '@gradstream/sdk';
import { MOST_IN_MEMORY, saveCheckpoint } from './saveCheckpoint.js';

test('a ZIP that the page could not hold is refused, with the command that saves it', async () => {
  const client = new Gradstream({ url: 'http://127.0.0.1:9', apiKey: 'gs_none', retries: 0 });
  const checkpoint = { id: 'ckpt_1', runId: 'run_1', step: 5, bytes: MOST_IN_MEMORY + 1 };
  await expect(saveCheckpoint(client, { run: 'mine', checkpoint, format: 'tfjs' })).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
    detail: expect.stringMatching(/512\.0 MiB.*runs download run_1 --format tfjs/),
  });
});
