import { expect, jest, test } from '@jest/globals';
import { Gradstream, GradstreamError, type Run, type TaggedRun } from '@gradstream/sdk';
import { changeTags } from './runTags.js';

const { runs } = new Gradstream({ url: 'http://127.0.0.1:1', apiKey: 'gs_k' });
const seen = (etag: string, ...tags: string[]): TaggedRun => ({
  run: { id: 'run_1', tags } as unknown as Run,
  etag,
});

test('tags that others added meanwhile stay', async () => {
  jest
    .spyOn(runs, 'getWithEtag')
    .mockResolvedValueOnce(seen('1', 'a', 'b'))
    .mockResolvedValueOnce(seen('2', 'a', 'b', 'c'));
  const update = jest.spyOn(runs, 'update');
  update.mockRejectedValueOnce(new GradstreamError('PRECONDITION_FAILED', 'changed'));
  update.mockImplementationOnce((_, { tags }) => Promise.resolve(seen('3', ...(tags ?? [])).run));
  const { tags } = await changeTags(runs, 'run_1', { add: ['b', 'd'], remove: ['a'] });
  expect(tags).toEqual(['b', 'c', 'd']);
  expect(update.mock.calls.map(([, , options]) => options)).toEqual([{ ifMatch: '1' }, { ifMatch: '2' }]);
});

test('nothing is written where nothing changes', async () => {
  jest.spyOn(runs, 'getWithEtag').mockResolvedValueOnce(seen('1', 'a'));
  const update = jest.spyOn(runs, 'update').mockClear();
  expect((await changeTags(runs, 'run_1', { add: ['a'], remove: ['x'] })).tags).toEqual(['a']);
  expect(update).not.toHaveBeenCalled();
});
