import { expect, test } from '@jest/globals';
import { cut, tableLines } from './table.js';

test('columns are aligned, by the width that characters take', () => {
  expect(
    tableLines(
      ['id', 'name'],
      [
        ['a', 'x'],
        ['bcd', '日本'],
        ['e', 'é\u0301😀'],
      ],
    ),
  ).toEqual(['id   name', 'a    x', 'bcd  日本', 'e    é\u0301😀']);
  expect(
    tableLines(
      ['name', 'n'],
      [
        ['日本日', '1'],
        ['abc', '2'],
      ],
    ),
  ).toEqual(['name    n', '日本日  1', 'abc     2']);
});

test('a text is cut at a whole character', () => {
  expect(cut('abcdef', 6)).toBe('abcdef');
  expect(cut('abcdef', 5)).toBe('abcd…');
  expect(cut('日本日本', 6)).toBe('日本…');
  expect(cut('a👩‍👩‍👧b', 3)).toBe('a…');
});

test('columns that may give way do so first; a line is never longer than the terminal', () => {
  const rows = [['run_1', 'a name that is long', '0.12345', 'another long name']];
  const table = (columns: number) =>
    tableLines(['id', 'name', 'loss', 'dataset'], rows, { columns, flexible: ['name', 'dataset'] });
  expect(table(0)[1]).toBe('run_1  a name that is long  0.12345  another long name');
  expect(table(44)).toEqual([
    'id     name           loss     dataset',
    'run_1  a name that …  0.12345  another long…',
  ]);
  expect(table(20)).toEqual(['id     name      lo…', 'run_1  a name …  0.…']);
});

test('what would move the cursor is left out', () => {
  expect(tableLines(['name'], [['a\x1b[2Jb\nc']])).toEqual(['name', 'a [2Jb c']);
});
