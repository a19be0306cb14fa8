import { expect, test } from '@jest/globals';
import { fromTemplate, loadDraft, saveDraft, settingAt, toRun, withSetting } from './draft.js';
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
  expect(toRun(draft)).toBeNull();
  for (const template of templates)
    expect(toRun(fromTemplate({ ...draft, datasetId: 'ds_1' }, template))).toEqual({
      ...template.settings,
      dataset: 'ds_1',
      model: template.model,
    });
});

test('one setting is changed and read at its path, and broken JSON is left alone', () => {
  const text = withSetting('{"a": 1, "optimizer": "adam"}', ['optimizer', 'learningRate'], 0.1);
  expect(JSON.parse(text)).toEqual({ a: 1, optimizer: { learningRate: 0.1 } });
  expect(settingAt(text, ['optimizer', 'learningRate'])).toBe(0.1);
  expect(settingAt(text, ['nowhere', 'at', 'all'])).toBeUndefined();
  expect(withSetting('{', ['a'], 2)).toBe('{');
  expect(settingAt('{', ['a'])).toBeUndefined();
});
