import { createHash, randomBytes } from 'node:crypto';

/** What every secret begins with, so that scanners and people know it. */
const MARK = 'gs';
const PREFIX_BYTES = 6;
const SECRET_BYTES = 32;

export interface NewSecret {
  readonly secret: string;
  readonly prefix: string;
  readonly sha256: Buffer;
}

/** SHA-256 of a secret: all that is stored of it. It has 256 random bits, so it needs no slow hash. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** A new secret: mark, 8 characters to recognise it by, 32 random bytes. */
export function newSecret(): NewSecret {
  const prefix = `${MARK}_${randomBytes(PREFIX_BYTES).toString('base64url')}`;
  const secret = `${prefix}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { secret, prefix, sha256: hashSecret(secret) };
}

/** Whether a text can be a secret at all; saves the look-up of garbage. */
export function looksLikeSecret(text: string): boolean {
  return /^gs_[\w-]{8}_[\w-]{43}$/.test(text);
}
