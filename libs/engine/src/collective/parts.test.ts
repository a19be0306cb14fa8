import { describe, expect, test } from '@jest/globals';
import { codeOf } from '../testing.js';
import { bucketsOf } from './buckets.js';
import { checkCluster, encodeServerDef } from './cluster.js';
import { InstanceKeys } from './keys.js';

describe('instance keys', () => {
  const mean = (shape: number[]) => ({ kind: 'mean', dtype: 'float32', shape, root: -1 }) as const;

  test('differ within a capture, and come again in the next one', () => {
    const keys = new InstanceKeys();
    const [first, again, other] = [{}, {}, {}];
    expect([[2], [2], [3]].map((shape) => keys.next(first, mean(shape)))).toEqual([1, 2, 3]);
    expect([[2], [2], [3]].map((shape) => keys.next(again, mean(shape)))).toEqual([1, 2, 3]);
    expect(keys.next(other, mean([3]))).toBe(4); // Another operation in the first place.
    expect(keys.next(other, mean([2]))).toBe(2);
  });

  test('of what runs at once depend on the operation alone', () => {
    const keys = new InstanceKeys();
    const sum = { kind: 'sum', dtype: 'float32', shape: [2], root: -1 } as const;
    expect([mean([2]), sum, mean([2]), mean([4])].map((operation) => keys.next(null, operation))).toEqual([
      1, 2, 1, 3,
    ]);
  });
});

test('buckets hold neighbours of one type up to the limit', () => {
  const sized = (size: number, dtype = 'float32') => ({ size, dtype });
  expect(bucketsOf([sized(3), sized(4), sized(4), sized(20), sized(1)], 10)).toEqual([[0, 1], [2], [3], [4]]);
  expect(bucketsOf([sized(1), sized(1, 'int32'), sized(1), sized(1, 'int32')], 10)).toEqual([
    [0, 2],
    [1, 3],
  ]);
  expect(bucketsOf([sized(1), sized(1)], 0)).toEqual([[0], [1]]);
  expect(bucketsOf([], 10)).toEqual([]);
});

test('the cluster is encoded as protobuf encodes it', () => {
  // field 1 { field 1 { field 1 "worker", field 2 { 1: 0, 2: "a:1" }, field 2 { 1: 1, 2: "b:2" } } }, field 2 "worker",
  // field 3 varint 1, field 4 (none), field 5 "grpc".
  const bytes = encodeServerDef({ addresses: ['a:1', 'b:2'], taskIndex: 1 }, new Uint8Array(0));
  expect(bytes.toString('hex')).toBe(
    '0a1c0a1a0a06776f726b6572120708001203613a3112070801' + '1203623a321206776f726b657218012a0467727063',
  );
});

test('a cluster that is none is refused', () => {
  const refusal = (addresses: string[], taskIndex = 0, timeoutSeconds = 1): string =>
    codeOf(() => {
      checkCluster({ addresses, taskIndex, timeoutSeconds });
    });
  expect(refusal(['127.0.0.1:5000', 'host:1'], 1)).toBe('none');
  expect(refusal([])).toBe('INVALID_ARGUMENT');
  expect(refusal(['127.0.0.1'])).toBe('INVALID_ARGUMENT');
  expect(refusal(['127.0.0.1:0'])).toBe('INVALID_ARGUMENT');
  expect(refusal(['a:1', 'a:1'])).toBe('INVALID_ARGUMENT');
  expect(refusal(['a:1'], 1)).toBe('INVALID_ARGUMENT');
  expect(refusal(['a:1'], 0, 0)).toBe('INVALID_ARGUMENT');
});
