import { expect, test } from '@jest/globals';
import { SchemaReader } from './SchemaReader.js';
import { suggestionsAt } from './suggestions.js';
import { runSchema } from './testing/runSchema.js';

const reader = new SchemaReader(runSchema);

/** What is suggested at the bar, and the text when the named one is chosen. */
function at(marked: string, chosen?: string) {
  const position = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { range, options } = suggestionsAt(reader, text, position);
  const insert = options.find(({ label }) => label === chosen)?.insert;
  return {
    labels: options.map(({ label }) => label),
    text: insert === undefined ? null : text.slice(0, range.from) + insert + text.slice(range.to),
  };
}

test.each([
  [
    '{"epochs": 1, "|"}',
    ['optimizer', 'schedule', 'split', 'shuffle', 'clip', 'telemetry', 'metrics', 'model'],
  ],
  ['{"optimizer": {"name": "sgd", "|', ['learningRate', 'momentum']],
  ['{"optimizer": {"name": "adam", "learn|": 1}}', ['learningRate', 'amsgrad']],
  ['{"optimizer": "|"}', ['adam', 'sgd']],
  ['{"optimizer": {"name": "ad|"}}', ['adam', 'sgd']],
  ['{"optimizer": |}', ['adam', 'sgd']],
  ['{"shuffle": |}', ['true', 'false']],
  ['{"metrics": ["accuracy", "|"]}', ['accuracy', 'f1']],
  ['{"model": [{"type": "dense", "input": [4], "|"}]}', ['units', 'name', 'activation']],
  ['{"model": [{"type": "dropout", "|"}]}', ['input', 'name', 'rate']],
  ['{"model": [{"type": "|"}]}', ['dense', 'dropout']],
  ['{"model": [{"type": "dense", "activation": "re|', ['relu', 'softmax']],
  ['{"nobody": {"|', []],
])('in %p', (marked, labels) => {
  expect(at(marked).labels).toEqual(labels);
});

test('the default is suggested as a value, too', () => {
  expect(at('{"epochs": |}').labels).toEqual(['10']);
  const { options } = suggestionsAt(reader, '{"optimizer": {"name": "sgd", "', 31);
  expect(options[0]).toMatchObject({ label: 'learningRate', detail: 'default: 0.01', kind: 'name' });
});

test.each([
  ['{"op|"}', 'optimizer', '{"optimizer": }'],
  ['{"op|": 1}', 'optimizer', '{"optimizer": 1}'],
  ['{op|', 'optimizer', '{"optimizer": '],
  ['{"optimizer": "a|"}', 'sgd', '{"optimizer": "sgd"}'],
  ['{"optimizer": |}', 'sgd', '{"optimizer": "sgd"}'],
  ['{"optimizer": "a|\n}', 'sgd', '{"optimizer": "sgd"\n}'],
  ['{"epochs": 1|}', '10', '{"epochs": 10}'],
])('%p with %p becomes %p', (marked, chosen, text) => {
  expect(at(marked, chosen).text).toBe(text);
});

test('words of elsewhere come first', () => {
  const words = (path: readonly (string | number)[]): readonly string[] =>
    path[0] === 'column' ? ['age'] : [];
  expect(suggestionsAt(reader, '{"column": ""}', 12, words).options.map(({ label }) => label)).toEqual([
    'age',
  ]);
});
