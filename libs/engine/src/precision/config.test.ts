import { expect, test } from '@jest/globals';
import { encodeConfig } from './config.js';

test('the configuration is encoded as protobuf encodes it', () => {
  // By the rules of the wire format: field 2 varint 2; field 5 varint 300; field 10 { field 10 { field 31 varint 1 } };
  // field 6 { field 1 fixed64 0.5, field 4 varint 1 }; field 16 { field 1 "a" }.
  expect(encodeConfig({ intraOpThreads: 2, interOpThreads: 300 }).toString('hex')).toBe('100228ac02');
  expect(encodeConfig({ precision: 'bfloat16' }).toString('hex')).toBe('52055203f80101');
  expect(encodeConfig({ gpuMemoryFraction: 0.5, gpuMemoryGrowth: true }).toString('hex')).toBe(
    '320b09000000000000e03f2001',
  );
  expect(encodeConfig({ collectiveGroupLeader: 'a' }).toString('hex')).toBe('8201030a0161');
  expect(encodeConfig({}).length).toBe(0);
});
