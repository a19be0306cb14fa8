import { expect, test } from '@jest/globals';
import { loadDraft } from './draft.js';
import { edited } from './editing.js';

const draft = loadDraft({ getItem: () => null }, { keyId: 'key_1' });

test('a dataset that comes after an upload leaves what was written meanwhile', () => {
  const written = edited({ draft, guess: null }, { type: 'change', part: { model: '[{"type":"mine"}]' } });
  const { draft: after, guess } = edited(written, { type: 'dataset', dataset: undefined });
  expect([after.model, after.datasetId, guess]).toEqual(['[{"type":"mine"}]', null, null]);
});
