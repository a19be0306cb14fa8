import { expect, test } from '@jest/globals';
import { fromTemplate, isWhole, loadDraft, saveDraft, toRun } from './draft.js';
import { templates } from './templates.js';

const storage = () => {
  let held: string | null = null;
  return { getItem: () => held, setItem: (_name: string, value: string) => void (held = value) };
};

test('a draft is kept; without one there is the first template', () => {
  const store = storage();
  const first = loadDraft(store);
  expect(JSON.parse(first.settings)).toEqual(templates[0]?.settings);
  const draft = { ...first, datasetId: 'ds_1', model: '[' };
  saveDraft(store, draft);
  expect(loadDraft(store)).toEqual(draft);
  expect(toRun(draft)).toBeNull();
});

test('what is posted is all of it, once a dataset is chosen', () => {
  const draft = loadDraft(storage());
  expect(isWhole(toRun(draft))).toBe(false);
  for (const template of templates)
    expect(toRun(fromTemplate({ ...draft, datasetId: 'ds_1' }, template))).toEqual({
      ...template.settings,
      dataset: 'ds_1',
      model: template.model,
    });
});
