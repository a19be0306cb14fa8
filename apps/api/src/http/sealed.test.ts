import { expect, test } from '@jest/globals';
import { seal, unseal } from './sealed.js';

test('what is sealed opens with its own secret alone, and only unchanged', () => {
  const sealed = seal('{"secret":"é"}', 'a');
  expect(unseal(sealed, 'a')).toBe('{"secret":"é"}');
  expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('secret');
  expect(seal('{"secret":"é"}', 'a')).not.toBe(sealed);
  expect(() => unseal(sealed, 'b')).toThrow();
  const changed = Buffer.from(sealed, 'base64');
  changed.writeUInt8(changed.readUInt8(30) ^ 1, 30);
  expect(() => unseal(changed.toString('base64'), 'a')).toThrow();
});
