// Headers of files that somebody may have made up. The format: https://github.com/huggingface/safetensors#format

import { describe, expect, test } from '@jest/globals';
import { GradstreamError } from '@gradstream/contracts';
import { headerBytes, parseHeader, PREFIX_BYTES, type Header } from './header.js';

/** The header of a file in memory. */
function decode(file: string, bytes: Uint8Array): Header {
  const length = headerBytes(file, bytes.subarray(0, PREFIX_BYTES), bytes.byteLength);
  return parseHeader(file, bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length), bytes.byteLength);
}

/** A file of a header's text and some bytes. */
function fileOf(json: string, body = 0): Buffer {
  const head = Buffer.from(json);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(head.byteLength));
  return Buffer.concat([prefix, head, Buffer.alloc(body)]);
}
const entry = (begin: number, end: number, rest = '"dtype":"U8","shape":[4]') =>
  `{${rest},"data_offsets":[${begin},${end}]}`;

describe('hostile files', () => {
  const tooLong = Buffer.alloc(16);
  tooLong.writeBigUInt64LE(8n * 1024n * 1024n + 1n);
  const huge = Buffer.alloc(16, 0xff);
  const product = `"dtype":"F64","shape":[${2 ** 52},${2 ** 12}]`;
  test.each([
    ['nothing', Buffer.alloc(0), 'has only 0 bytes'],
    ['less than a length', Buffer.alloc(7), 'has only 7 bytes'],
    ['a header over 8 MiB', tooLong, 'limit is 8388608'],
    ['a length of 2^64 - 1', huge, 'limit is 8388608'],
    ['a header past the end', fileOf('{}').subarray(0, 9), 'ends within its header'],
    ['no header', fileOf(''), 'does not begin with {'],
    ['a blank before it', fileOf(' {}'), 'does not begin with {'],
    ['an array', fileOf('[]'), 'does not begin with {'],
    ['broken JSON', fileOf('{"a":'), 'broken JSON'],
    ['NaN', fileOf('{"a":NaN}'), 'broken JSON'],
    ['bytes after the JSON', fileOf('{}\0'), 'broken JSON'],
    ['no UTF-8', Buffer.concat([fileOf('{"a"').fill(0xff, 10), Buffer.alloc(4)]), 'not UTF-8'],
    ['a name twice', fileOf(`{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, 4), 'names "a" twice'],
    ['a name twice, escaped', fileOf(`{"a":${entry(0, 4)},"\\u0061" :${entry(4, 8)}}`, 8), 'names "a" twice'],
    [
      'a field twice',
      fileOf(`{"a":${entry(0, 4, '"dtype":"I8","dtype":"U8","shape":[4]')}}`, 4),
      '"dtype" twice',
    ],
    ['a prototype key', fileOf(`{"__proto__":${entry(0, 4)}}`, 4), 'uses "__proto__" as a name'],
    ['a prototype key in metadata', fileOf('{"__metadata__":{"constructor":"x"}}'), 'uses "constructor"'],
    ['deep nesting', fileOf(`{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`), 'nested more than 3'],
    ['a hole', fileOf(`{"a":${entry(0, 4)},"b":${entry(5, 9)}}`, 9), 'leaves a hole before the tensor "b"'],
    ['a hole at the start', fileOf(`{"a":${entry(1, 5)}}`, 5), 'leaves a hole'],
    ['an overlap', fileOf(`{"a":${entry(0, 4)},"b":${entry(3, 7)}}`, 7), 'overlap those of the tensor "b"'],
    ['bytes at the end', fileOf(`{"a":${entry(0, 4)}}`, 5), 'by its header it should have'],
    ['a missing end', fileOf(`{"a":${entry(0, 4)}}`, 3), 'by its header it should have'],
    ['no tensors but bytes', fileOf('{}', 1), 'by its header it should have'],
    ['offsets the wrong way', fileOf(`{"a":${entry(4, 0)}}`, 4), 'need 4 bytes'],
    ['negative offsets', fileOf(`{"a":${entry(-4, 0)}}`, 4), 'not two whole numbers'],
    ['offsets with fractions', fileOf(`{"a":${entry(0.5, 4.5)}}`, 4), 'not two whole numbers'],
    [
      'endless offsets',
      fileOf('{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,1e999]}}', 4),
      'whole numbers',
    ],
    ['a size past 2^64', fileOf(`{"a":${entry(0, 0, product)}}`), 'need 147573952589676412928 bytes'],
    [
      'a negative size',
      fileOf(`{"a":${entry(0, 4, '"dtype":"U8","shape":[-2,-2]')}}`, 4),
      'shape that is not',
    ],
    [
      '33 dimensions',
      fileOf(`{"a":${entry(0, 1, `"dtype":"U8","shape":[${Array(33).fill(1).join()}]`)}}`, 1),
      'shape',
    ],
    ['an unknown type', fileOf(`{"a":${entry(0, 4, '"dtype":"F8","shape":[4]')}}`, 4), 'unknown type "F8"'],
    [
      'a type of the prototype',
      fileOf(`{"a":${entry(0, 4, '"dtype":"valueOf","shape":[4]')}}`, 4),
      'unknown type',
    ],
    [
      'a type that is an object',
      fileOf(`{"a":${entry(0, 4, '"dtype":{"toString":1},"shape":[4]')}}`, 4),
      'unknown',
    ],
    [
      'a field too many',
      fileOf(`{"a":${entry(0, 4, '"dtype":"U8","shape":[4],"x":1')}}`, 4),
      'without exactly',
    ],
    ['a field too few', fileOf('{"a":{"dtype":"U8","shape":[4]}}', 4), 'without exactly'],
    ['no object', fileOf('{"a":null}'), 'without exactly'],
    ['no name', fileOf(`{"":${entry(0, 4)}}`, 4), 'whose name is empty'],
    ['a name without end', fileOf(`{"${'n'.repeat(501)}":${entry(0, 4)}}`, 4), 'over 500 characters'],
    ['half a character', fileOf(`{"\\ud800":${entry(0, 4)}}`, 4), 'unreadable'],
    ['metadata that are numbers', fileOf('{"__metadata__":{"a":1}}'), 'metadata "a" that are no text'],
    ['metadata that are a list', fileOf('{"__metadata__":[]}'), 'not an object'],
  ])('%s', (_, bytes, words) => {
    const read = () => decode('step-3/model.safetensors', bytes);
    expect(read).toThrow(GradstreamError);
    expect(read).toThrow(/^CHECKPOINT_INVALID: step-3\/model.safetensors is not valid: it .*\. Use another/);
    expect(read).toThrow(words);
  });

  test('odd but valid ones are read', () => {
    const spaced = `{ "b" :${entry(4, 4, '"shape":[0,7],"dtype":"F32"')}, "a\\"}" : ${entry(0, 4)} ,"c":${entry(4, 5, '"dtype":"I8","shape":[]')} }  `;
    const { entries } = decode('file', fileOf(spaced, 5));
    expect(entries.map(({ name }) => name).sort()).toEqual(['a"}', 'b', 'c']);
    expect(decode('file', fileOf('{}')).entries).toEqual([]);
  });
});
