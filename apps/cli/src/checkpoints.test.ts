import { expect, jest, test } from '@jest/globals';
import { Gradstream, type Checkpoint, type Page } from '@gradstream/sdk';
import { findLastCheckpoint } from './checkpoints.js';

const client = new Gradstream({ url: 'http://127.0.0.1:1', apiKey: 'gs_k' });

test('the newest checkpoint is the last one; a run without any says who decides when there is one', async () => {
  const pages: Page<Checkpoint>[] = [
    { data: [{ id: 'ckpt_2' } as Checkpoint], nextCursor: 'c', hasMore: true },
    { data: [], nextCursor: null, hasMore: false },
  ];
  const list = jest.spyOn(client.runs, 'checkpoints');
  for (const page of pages) list.mockResolvedValueOnce(page);
  expect(await findLastCheckpoint(client, 'run_1')).toEqual({ id: 'ckpt_2' });
  expect(list).toHaveBeenCalledWith('run_1', { limit: 1 });
  await expect(findLastCheckpoint(client, 'run_1')).rejects.toThrow(
    'run run_1 has no checkpoint yet: its spec says when one is made',
  );
});
