import { describe, expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { columnRange } from './columns.js';
import { inspectCsv, type InspectOptions } from './inspect.js';
import { loadTable } from './table.js';

const MB = 2 ** 20;
const inspect = (text: string | Buffer, options: Partial<InspectOptions> = {}) =>
  inspectCsv(Readable.from([Buffer.from(text)]), { maxBytes: MB, ...options });

/** Line, column and code of each problem. */
async function problemsOf(text: string | Buffer, options: Partial<InspectOptions> = {}): Promise<string[]> {
  const result = await inspect(text, options);
  return result.ok
    ? []
    : result.problems.map(({ line, column, code }) => `${line ?? 0}:${column ?? 0} ${code}`);
}

describe('inspectCsv', () => {
  test('types, counts and statistics', async () => {
    const result = await inspect('\uFEFFa,b,c\r\n1,x,\r\n2,"y, z",5\r\n4,x,7\r\n');
    if (!result.ok) throw new Error('refused');
    expect(result.rows).toBe(3);
    const [a, b, c] = result.columns;
    // Python: statistics.fmean([1, 2, 4]) and statistics.pstdev([1, 2, 4]).
    expect(a).toMatchObject({ name: 'a', type: 'numeric', missing: 0, distinct: 3, min: 1, max: 4 });
    expect(a?.mean).toBeCloseTo(2.3333333333333335, 14);
    expect(a?.std).toBeCloseTo(1.247219128924647, 14);
    expect(b).toMatchObject({ type: 'categorical', distinct: 2, mean: null });
    expect(c).toMatchObject({ type: 'numeric', missing: 1, mean: 6, std: 1 });
  });

  test.each([
    ['an empty file', '', ['1:0 empty']],
    ['a header alone', 'a,b\n', ['1:0 noRows']],
    ['ragged lines', 'a,b\n1,2\n3\n4,5,6\n', ['3:1 ragged', '4:2 ragged']],
    ['semicolons', 'a;b\n1;2\n', ['1:0 separator']],
    ['a name twice, and none', 'a,,a\n1,2,3\n', ['1:2 emptyHeader', '1:3 duplicateHeader']],
    ['a quote that is open at the end of line 3', 'a,b\n1,"2\n3,4\n', ['3:0 syntax']],
  ])('refused: %s', async (_, text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  test('a ragged line is said to have too few fields, or unquoted commas', async () => {
    const result = await inspect('a,b\n3\n4,5,6\n');
    expect(result.ok ? [] : result.problems.map(({ message, hint }) => [message, hint])).toEqual([
      ['has 1 field, the header 2', 'The line has too few fields'],
      ['has 3 fields, the header 2', 'Quote fields that contain commas'],
    ]);
  });

  test('a text after a thousand numbers is a problem of its line; a declared type is not inferred', async () => {
    const numbers = Array.from({ length: 1000 }, (_, i) => `${i},0`).join('\n');
    expect(await problemsOf(`a,b\n${numbers}\n7,0\nseven,0\n`)).toEqual(['1003:1 notNumeric']);
    expect(await problemsOf(`a,b\n${numbers}\nseven,0\n`, { columnTypes: { a: 'categorical' } })).toEqual([]);
    expect(await problemsOf('a,b\nx,1\n', { columnTypes: { a: 'numeric', z: 'numeric' } })).toEqual([
      '1:0 unknownColumn',
      '2:1 notNumeric',
    ]);
  });

  test('numbers beyond float32 are none, and only a hundred problems are listed', async () => {
    expect(await problemsOf('a\n1e39\n', { columnTypes: { a: 'numeric' } })).toEqual(['2:1 notNumeric']);
    expect(await problemsOf(`a,b\n${'1\n'.repeat(500)}`)).toHaveLength(100);
  });

  test('too many bytes and other encodings are refused', async () => {
    expect(await problemsOf(`a\n${'1\n'.repeat(MB)}`)).toContainEqual(expect.stringContaining('tooLarge'));
    expect(await problemsOf(Buffer.from([97, 10, 0xff, 0xfe, 10]))).toContainEqual(
      expect.stringContaining('encoding'),
    );
  });

  test('U+0000 is a problem of its line; a quoted text is not cut inside a character', async () => {
    expect(await problemsOf('a,b\n1,x\n2,\0\n3,y\n')).toEqual(['3:0 encoding']);
    const emoji = `${'x'.repeat(39)}\u{1f600}`; // Two UTF-16 units, at 39 and 40.
    const result = await inspect(`a\n${emoji}\n`, { columnTypes: { a: 'numeric' } });
    expect(result.ok ? [] : result.problems.map(({ message }) => message.isWellFormed())).toEqual([true]);
  });
});

test('columnRange names columns in the order of the file', () => {
  const known = ['id', 'p0', 'p1', 'p2', 'label'];
  expect(columnRange('p0…p2', known)).toEqual(['p0', 'p1', 'p2']);
  expect(columnRange('p1..p2', known)).toEqual(['p1', 'p2']);
  expect(columnRange('label', known)).toEqual(['label']);
  expect(columnRange('p2…p0', known)).toBeNull();
  expect(columnRange('q', known)).toBeNull();
});

test('loadTable orders classes by value, and names the line that has no number', async () => {
  const load = (text: string) =>
    loadTable(Readable.from([text]), {
      inputs: ['b', 'a'],
      target: 'y',
      task: 'classification',
      targetType: 'numeric',
    });
  const table = await load('a,b,y\n1,2,10\n3,4,9\n5,6,10.0\n');
  expect([...table.inputs]).toEqual([2, 1, 4, 3, 6, 5]);
  expect(table.classes).toEqual(['9', '10']);
  expect([...table.targets]).toEqual([1, 0, 1]);
  await expect(load('a,b,y\n1,2,1\n,4,1\n')).rejects.toMatchObject({
    code: 'DATASET_UNREADABLE',
    errors: [{ line: 3 }],
  });
});

describe('loadTable and the check', () => {
  const csv = 'x,y\n1,007\n2,7\n3,7.0\n';
  test.each([
    ['numeric', ['7']],
    ['categorical', ['007', '7', '7.0']],
  ] as const)('count the classes of a %s target alike', async (targetType, classes) => {
    const inspection = await inspect(csv, { columnTypes: { y: targetType } });
    expect(inspection).toMatchObject({ ok: true, columns: [{}, { distinct: classes.length }] });
    const columns = { inputs: ['x'], target: 'y', task: 'classification', targetType } as const;
    const table = await loadTable(Readable.from([csv]), columns);
    expect(table.classes).toEqual(classes);
    expect([...table.targets]).toEqual(classes.length === 1 ? [0, 0, 0] : [0, 1, 2]);
  });

  test('the line of a target without a number is that of the file', async () => {
    const columns = { inputs: ['x'], target: 'y', task: 'regression', targetType: 'numeric' } as const;
    const load = loadTable(Readable.from(['x,y,note\n\n1,2,"two\nlines"\n\n3,four,\n']), columns);
    await expect(load).rejects.toMatchObject({ code: 'DATASET_UNREADABLE', errors: [{ line: 6 }] });
  });
});
