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

test('a stored model is posted by its id, and a template is written in its place', () => {
  const draft = { ...loadDraft(storage()), datasetId: 'ds_1', modelId: 'mdl_1', model: 'no JSON' };
  expect(toRun(draft)).toMatchObject({ model: 'mdl_1' });
  const [template] = templates;
  if (!template) throw new Error('there are templates');
  expect(toRun(fromTemplate(draft, template))).toMatchObject({ model: template.model });
});

test('a draft of before models were picked is read', () => {
  const store = storage();
  store.setItem('', JSON.stringify({ datasetId: null, model: '[]', settings: '{}' }));
  expect(loadDraft(store)).toEqual({
    ...{ datasetId: null, modelId: null, guessed: null },
    ...{ model: '[]', settings: '{}' },
  });
});
