import { expect, test } from '@jest/globals';
import { fromTemplate, isWhole, loadDraft, saveDraft, toRun } from './draft.js';
import { templates } from './templates.js';

const storage = () => {
  const held = new Map<string, string>();
  return {
    getItem: (name: string) => held.get(name) ?? null,
    setItem: (name: string, value: string) => void held.set(name, value),
  };
};
const mine = { keyId: 'key_1' };

test('a draft is kept; without one there is the first template', () => {
  const store = storage();
  const first = loadDraft(store, mine);
  expect(JSON.parse(first.settings)).toEqual(templates[0]?.settings);
  const draft = { ...first, datasetId: 'ds_1', model: '[' };
  saveDraft(store, mine, draft);
  expect(loadDraft(store, mine)).toEqual(draft);
  expect(toRun(draft)).toBeNull();
});

test('what is posted is all of it, once a dataset is chosen', () => {
  const draft = loadDraft(storage(), mine);
  expect(isWhole(toRun(draft))).toBe(false);
  for (const template of templates)
    expect(toRun(fromTemplate({ ...draft, datasetId: 'ds_1' }, template))).toEqual({
      ...template.settings,
      dataset: 'ds_1',
      model: template.model,
    });
});

test('a stored model is posted by its id, and a template is written in its place', () => {
  const draft = { ...loadDraft(storage(), mine), datasetId: 'ds_1', modelId: 'mdl_1', model: 'no JSON' };
  expect(toRun(draft)).toMatchObject({ model: 'mdl_1' });
  const [template] = templates;
  if (!template) throw new Error('there are templates');
  expect(toRun(fromTemplate(draft, template))).toMatchObject({ model: template.model });
});

test('a draft of before models were picked is read', () => {
  const store = storage();
  store.setItem('gradstream.newRun.key_1', JSON.stringify({ datasetId: null, model: '[]', settings: '{}' }));
  expect(loadDraft(store, mine)).toEqual({
    ...{ datasetId: null, modelId: null, guessed: null },
    ...{ model: '[]', settings: '{}' },
  });
});

test('projects, and runs that another one is to be like, have drafts of their own', () => {
  const store = storage();
  const like = { ...mine, like: 'run_1' };
  const draft = { ...loadDraft(store, mine), model: '[1]' };
  saveDraft(store, mine, draft);
  expect(loadDraft(store, { keyId: 'key_2' }).model).not.toBe('[1]');
  expect(loadDraft(store, like, { ...draft, model: '[2]' }).model).toBe('[2]');
  saveDraft(store, like, { ...draft, model: '[3]' });
  expect([loadDraft(store, mine).model, loadDraft(store, like).model]).toEqual(['[1]', '[3]']);
});
