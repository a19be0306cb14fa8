import { expect, test } from '@jest/globals';
import type { StartIngest } from '@gradstream/contracts';
import { ChildProcess } from 'node:child_process';
import { conversation } from './conversation.js';

const start: StartIngest = {
  file: 'upload',
  folder: 'shards',
  format: 'csv',
  columnTypes: {},
  images: null,
};
const rejected = { type: 'rejected', problems: [{ code: 'empty', message: 'the file is empty' }] };

/** A child whose events a test brings about. */
class Child extends ChildProcess {
  override readonly pid = 1;
  override readonly stderr = null;
  override send(): boolean {
    return true;
  }
}

test('an answer that arrives after the process has closed is heard', async () => {
  const child = new Child();
  const talk = conversation(child, start);
  child.emit('close');
  await new Promise(setImmediate);
  child.emit('message', rejected);
  child.emit('disconnect');
  expect(await talk).toEqual({ answer: rejected, violation: null, failure: null, log: '' });
});

test('an answer that is none of the protocol throws nothing in the worker', async () => {
  const child = new Child();
  const talk = conversation(child, start);
  child.emit('message', { type: 'ingested' });
  child.emit('disconnect');
  child.emit('close');
  expect(await talk).toMatchObject({ answer: null, violation: { name: 'ZodError' } });
});
