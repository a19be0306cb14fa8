// JSON Lines, plain or gzip: one object a line, its keys the columns.

import { maybeGunzip } from './gzip.js';
import { BATCH_BYTES, BATCH_ROWS, type ReadLimits } from './limits.js';
import { quoted, unreadable, type ProblemList } from './problems.js';
import type { Batch, Cell, TableSource } from './source.js';
import { decodeText, TextError } from './text.js';

/** Lines whose keys are the columns. */
const SAMPLE_LINES = 1000;
const MAX_DEPTH = 9;

interface Line {
  readonly text: string;
  readonly number: number;
}

/** Lines, empty ones left out. Holds one chunk and one line, of which the length is limited. */
async function* linesOf(
  source: AsyncIterable<Uint8Array | string>,
  limits: ReadLimits,
): AsyncGenerator<Line[]> {
  let parts: string[] = [];
  let length = 0;
  let number = 1;
  try {
    for await (const text of decodeText(maybeGunzip(source), limits.maxBytes)) {
      const [first = '', ...rest] = text.split('\n');
      parts.push(first);
      length += first.length;
      const lines: Line[] = [];
      for (const next of rest) {
        lines.push({ text: parts.join(''), number: number++ });
        parts = [next];
        length = next.length;
      }
      if (length > limits.maxRecordBytes) {
        const message = `the line is longer than ${limits.maxRecordBytes} characters`;
        throw unreadable({
          line: number,
          code: 'longLine',
          message,
          hint: 'End each object with a line break',
        });
      }
      yield lines.filter((line) => line.text.trim() !== '');
    }
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    const { line, code, message, hint } = error;
    throw unreadable({ line, code, message, ...(hint === undefined ? {} : { hint }) }, error);
  }
  const last = parts.join('');
  if (last.trim() !== '') yield [{ text: last, number }];
}

/** A value as a cell; undefined for an object, and for lists that hold one or are nested too deep. */
function toCell(value: unknown, depth = 0): Cell | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (!Array.isArray(value) || depth === MAX_DEPTH) return undefined;
  const cells: Cell[] = [];
  for (const one of value) {
    const cell = toCell(one, depth + 1);
    if (cell === undefined) return undefined;
    cells.push(cell);
  }
  return cells;
}

type Row = ReadonlyMap<string, Cell>;

/** The object of a line; null when it is none, which is a problem. */
function parseLine({ text, number: line }: Line, problems: ProblemList): Row | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    problems.add({ line, code: 'json', message: 'is not valid JSON', hint: 'Write one JSON object a line' });
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.add({
      line,
      code: 'notObject',
      message: 'is no JSON object',
      hint: 'Write {"column": value, …}',
    });
    return null;
  }
  const row = new Map<string, Cell>();
  for (const [key, inner] of Object.entries(value)) {
    const cell = toCell(inner);
    if (cell !== undefined && !(typeof cell === 'string' && /\0/.test(cell))) row.set(key, cell);
    else {
      const message = `the value of ${quoted(key)} is an object, or text with U+0000`;
      problems.add({
        line,
        code: 'badValue',
        message,
        hint: 'Write numbers, texts, booleans, null, or lists of numbers',
      });
    }
  }
  return row;
}

/** The columns, and the number of the last line whose keys they are. */
interface Sampled {
  readonly names: readonly string[];
  readonly lastLine: number;
}

/** Rows as columns. A key that no column has is a problem; one that is not there is a missing value. */
function toBatch(
  rows: readonly { row: Row; line: number }[],
  { names, lastLine }: Sampled,
  problems: ProblemList,
): Batch {
  const known = new Set(names);
  for (const { row, line } of rows)
    for (const key of row.keys())
      if (!known.has(key)) {
        const message = `the key ${quoted(key)} is not in the first ${lastLine} lines, which name the columns`;
        problems.add({
          line,
          code: 'unknownKey',
          message,
          hint: 'Give the first line every key, null where it has no value',
        });
      }
  return {
    rows: rows.length,
    columns: names.map((name) => ({ kind: 'cells', cells: rows.map(({ row }) => row.get(name) ?? null) })),
    lines: rows.map(({ line }) => line),
  };
}

/** The lines that name the columns: a thousand, or those up to the one with which they pass 8 MiB, however they were read. */
function sampleOf(lines: readonly Line[]): readonly Line[] {
  let size = 0;
  const last = lines.slice(0, SAMPLE_LINES).findIndex(({ text }) => (size += text.length) >= BATCH_BYTES);
  return lines.slice(0, last < 0 ? SAMPLE_LINES : last + 1);
}

/**
 * Opens a JSONL by reading its first thousand lines, or 8 MiB of them. Throws DATASET_UNREADABLE when none is an object with
 * a key, and for more columns than the limit.
 */
export async function openJsonl(
  source: AsyncIterable<Uint8Array | string>,
  limits: ReadLimits,
): Promise<TableSource> {
  const lines = linesOf(source, limits);
  const first: Line[] = [];
  let size = 0;
  while (first.length < SAMPLE_LINES && size < BATCH_BYTES) {
    const next = await lines.next();
    if (next.done === true) break;
    first.push(...next.value);
    size += next.value.reduce((sum, { text }) => sum + text.length, 0);
  }
  const sample = sampleOf(first);
  const names = namesOf(sample, limits.maxColumns);
  const sampled = { names, lastLine: sample.at(-1)?.number ?? 0 };
  if (names.length === 0) {
    await lines.return(undefined);
    const message =
      first.length === 0 ? 'the file is empty' : 'its first lines are no JSON objects with keys';
    throw unreadable({ line: 1, code: 'empty', message, hint: 'Write one JSON object a line' });
  }
  const close = async (): Promise<void> => {
    await lines.return(undefined);
  };
  return {
    columns: names.map((name) => ({ name, fixed: null })),
    close,
    async *batches(problems) {
      const parse = (some: readonly Line[]) =>
        toBatch(
          some.flatMap((line) => {
            const row = parseLine(line, problems);
            return row === null ? [] : [{ row, line: line.number }];
          }),
          sampled,
          problems,
        );
      try {
        while (first.length > 0) yield parse(first.splice(0, BATCH_ROWS));
        for await (const more of lines) yield parse(more);
      } finally {
        await close();
      }
    },
  };
}

/** The keys of some lines, in the order of their first occurrence. */
function namesOf(lines: readonly Line[], maxColumns: number): string[] {
  const names = new Set<string>();
  for (const line of lines) {
    const { text } = line;
    if (!text.trimStart().startsWith('{')) continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      continue; // A problem of its line, when that is read.
    }
    for (const key of Object.keys(value ?? {})) names.add(key);
    if (names.size <= maxColumns) continue;
    const message = `its lines have more than ${maxColumns} keys`;
    throw unreadable({ line: line.number, code: 'tooManyColumns', message, hint: 'Put numbers into a list' });
  }
  return [...names];
}
