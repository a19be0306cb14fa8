import { expect, test } from '@jest/globals';
import { EMPTY, loadSession, saveSession, withEntry } from './session.js';

const storage = (initial: string | null = null) => {
  let held = initial;
  return { getItem: () => held, setItem: (_name: string, value: string) => void (held = value) };
};
const entry = { id: 'key_1', secret: 'gs_x', keyName: 'laptop', project: 'default', scopes: ['read'] };

test('what was saved is loaded; what another version or nobody saved is no session', () => {
  const store = storage();
  const session = withEntry(EMPTY, entry);
  saveSession(store, session);
  expect(loadSession(store)).toEqual({ known: [entry], currentId: 'key_1' });
  expect(loadSession(storage())).toEqual(EMPTY);
  expect(loadSession(storage('{"known": 1}'))).toEqual(EMPTY);
  expect(loadSession(storage('{'))).toEqual(EMPTY);
});

test('the same key given again takes the place of the first', () => {
  const renamed = { ...entry, keyName: 'desk' };
  expect(withEntry(withEntry(EMPTY, entry), renamed).known).toEqual([renamed]);
});
