import { expect, test } from '@jest/globals';
import { encodeConfig } from './config.js';

test('the configuration is encoded as protobuf encodes it', () => {
  // By the rules of the wire format: field 2 varint 2; field 5 varint 300; field 10 { field 10 { field 31 varint 1 } };
  // field 1 { field 1 "GPU", field 2 varint 0 }; field 6 { field 4 varint 1, field 5 "0", field 9 { field 1 { field 1
  // packed fixed32 512 } } }, field 7 varint 1; field 16 { field 1 "a" }.
  expect(encodeConfig({ intraOpThreads: 2, interOpThreads: 300 }).toString('hex')).toBe('100228ac02');
  // field 10 { field 10 { field 7 varint 2 } }
  expect(encodeConfig({ precision: 'float32' }).toString('hex')).toBe('520452023802');
  // field 10 { field 10 { field 7 varint 2, field 31 varint 1 } }
  expect(encodeConfig({ precision: 'bfloat16' }).toString('hex')).toBe('520752053802f80101');
  // field 10 { field 10 { field 23 varint 1 } }
  expect(encodeConfig({ precision: 'float16' }).toString('hex')).toBe('52055203b80101');
  expect(encodeConfig({ gpus: 'none' }).toString('hex')).toBe('0a070a034750551000');
  expect(encodeConfig({ gpus: 'first', gpuMemoryLimitMb: 512, gpuMemoryGrowth: true }).toString('hex')).toBe(
    '320f20012a01304a080a060a04000000443801',
  );
  expect(encodeConfig({ collectiveGroupLeader: 'a' }).toString('hex')).toBe('8201030a0161');
  expect(encodeConfig({}).length).toBe(0);
});
