// Rows that are in two parts of a split: what is validated with was trained on.

import type { ShardedDataset } from '../shards/reader.js';
import type { Split } from './split.js';

/** Rows that are read at a time. */
const ROWS = 4096;

/** MurmurHash3's mixing of a 32-bit word into a state (Appleby, 2011; public domain). */
function mix(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = state ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(state: number): number {
  let h = state;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Two states for each row, into which columns are mixed. */
class RowHashes {
  readonly #first: Int32Array;
  readonly #second: Int32Array;

  constructor(rows: number) {
    this.#first = new Int32Array(rows).fill(0x2f0b4a27);
    this.#second = new Int32Array(rows).fill(0x1c6ef372);
  }

  add(row: number, words: Int32Array): void {
    let [first, second] = [this.#first[row] ?? 0, this.#second[row] ?? 0];
    for (const word of words) {
      first = mix(first, word);
      second = mix(second, word ^ 0x5bd1e995);
    }
    this.#first[row] = mix(first, words.length);
    this.#second[row] = mix(second, words.length);
  }

  /** 53 bits of each, as numbers that are exact. */
  numbers(out: Float64Array, at: number): void {
    for (let row = 0; row < this.#first.length; row++)
      out[at + row] = finish(this.#first[row] ?? 0) * 2 ** 21 + (finish(this.#second[row] ?? 0) >>> 11);
  }
}

/** Bytes as words, the last one filled with zeros. */
function wordsOf(bytes: Uint8Array): Int32Array {
  const words = new Int32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  return words;
}

function hashRows(dataset: ShardedDataset, rows: Uint32Array): Float64Array {
  const hashes = new Float64Array(rows.length);
  for (let from = 0; from < rows.length; from += ROWS) {
    const part = rows.subarray(from, from + ROWS);
    const located = dataset.locate(part);
    const states = new RowHashes(part.length);
    for (const { name, type } of dataset.index.columns) {
      if (type === 'text') {
        dataset.texts(name, located).forEach((text, row) => {
          states.add(row, text === null ? Int32Array.of(-1) : wordsOf(Buffer.from(text)));
        });
        continue;
      }
      const values = dataset.take(name, located);
      const bytes = new Uint8Array(values.buffer);
      const rowBytes = bytes.length / part.length;
      const words = rowBytes % 4 === 0 ? new Int32Array(values.buffer) : null;
      for (let row = 0; row < part.length; row++)
        states.add(
          row,
          words?.subarray((row * rowBytes) / 4, ((row + 1) * rowBytes) / 4) ??
            wordsOf(bytes.subarray(row * rowBytes, (row + 1) * rowBytes)),
        );
    }
    states.numbers(hashes, from);
  }
  return hashes;
}

/** Whether sorted numbers hold one. */
function holds(sorted: Float64Array, value: number): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}

/**
 * How many validation rows have the same values in every column as some training row. Rows are compared by 53 bits of a
 * hash: of n training and m validation rows, n · m / 2^53 are expected to be counted wrongly. Memory: 8 bytes a row.
 */
export function countDuplicates(dataset: ShardedDataset, { train, validation }: Split): number {
  const trained = hashRows(dataset, train).sort();
  return hashRows(dataset, validation).reduce((count, hash) => count + (holds(trained, hash) ? 1 : 0), 0);
}
