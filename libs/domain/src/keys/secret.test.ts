import { describe, expect, test } from '@jest/globals';
import { hashSecret, looksLikeSecret, newSecret } from './secret.js';

describe('secrets', () => {
  test('have the mark, a prefix and 32 random bytes', () => {
    const { secret, prefix } = newSecret();
    expect(secret.startsWith(`${prefix}_`)).toBe(true);
    expect(looksLikeSecret(secret)).toBe(true);
    expect(Buffer.from(secret.slice(prefix.length + 1), 'base64url')).toHaveLength(32);
    expect(new Set(Array.from({ length: 100 }, () => newSecret().secret)).size).toBe(100);
  });

  test('are hashed with SHA-256', () => {
    // FIPS 180-4's example for "abc".
    expect(hashSecret('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    const { secret, sha256 } = newSecret();
    expect(hashSecret(secret).equals(sha256)).toBe(true);
  });

  test.each([
    '',
    'gs_',
    'gs_aaaaaaaa',
    'Bearer x',
    `gs_aaaaaaaa_${'a'.repeat(42)}`,
    `gs_aaaaaaaa_${'a'.repeat(44)}`,
    `xx_aaaaaaaa_${'a'.repeat(43)}`,
  ])('%j is none', (text) => {
    expect(looksLikeSecret(text)).toBe(false);
  });
});
