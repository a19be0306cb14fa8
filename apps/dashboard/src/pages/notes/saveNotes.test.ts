import { expect, test } from '@jest/globals';
import { GradstreamError, type Run, type TaggedRun } from '@gradstream/sdk';
import { saveNotes } from './saveNotes.js';

/** The part of a run that matters here. */
const tagged = (etag: string, notes: string, tags: string[] = []): TaggedRun => ({
  run: { id: 'run_1', notes, tags } as unknown as Run,
  etag,
});

/** A server that holds one run, whose steps come between as often as said. */
function serverOf(first: TaggedRun, steps: number) {
  let now = first;
  let left = steps;
  const asked: (string | undefined)[] = [];
  return {
    asked,
    write: (next: TaggedRun) => (now = next),
    getWithEtag: () => Promise.resolve(now),
    update: (_id: string, { notes = '', tags = [] }, { ifMatch }: { ifMatch?: string } = {}) => {
      asked.push(ifMatch);
      if (left-- > 0) now = { ...now, etag: `${now.etag}'` };
      if (ifMatch !== now.etag) return Promise.reject(new GradstreamError('PRECONDITION_FAILED', 'changed'));
      now = tagged('next', notes, tags);
      return Promise.resolve(now.run);
    },
  };
}

test('steps that come between are no conflict: it is written under the newer ETag', async () => {
  const seen = tagged('a', 'old');
  const server = serverOf(seen, 2);
  const outcome = await saveNotes(server, seen, { notes: 'new', tags: ['x'] });
  expect(outcome).toEqual({ kind: 'saved', run: { id: 'run_1', notes: 'new', tags: ['x'] } });
  expect(server.asked).toEqual(['a', "a'", "a''"]);
});

test('what others wrote is not overwritten, but told', async () => {
  const seen = tagged('a', 'old');
  const server = serverOf(seen, 0);
  const theirs = server.write(tagged('b', 'theirs', ['t']));
  expect(await saveNotes(server, seen, { notes: 'mine', tags: [] })).toEqual({
    kind: 'conflict',
    now: theirs,
  });
  expect(await saveNotes(server, theirs, { notes: 'mine', tags: [] })).toMatchObject({ kind: 'saved' });
});

test('a write whose answer was lost is found done; training that never rests ends in an error', async () => {
  const seen = tagged('a', 'old');
  const done = serverOf(seen, 0);
  done.write(tagged('b', 'mine'));
  expect(await saveNotes(done, seen, { notes: 'mine', tags: [] })).toMatchObject({ kind: 'saved' });
  const restless = serverOf(seen, Infinity);
  await expect(saveNotes(restless, seen, { notes: 'mine', tags: [] })).rejects.toThrow('PRECONDITION_FAILED');
});
