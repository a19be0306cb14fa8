// The keys of this browser tab. They live in sessionStorage: gone when the tab is closed, never sent as a cookie.

import { z } from 'zod';

const entrySchema = z.object({
  id: z.string(),
  secret: z.string(),
  keyName: z.string(),
  project: z.string(),
  scopes: z.array(z.string()),
});
/** A key that was tried and found good. */
export type SessionEntry = z.infer<typeof entrySchema>;

const sessionSchema = z.object({ known: z.array(entrySchema), currentId: z.string().nullable() });
export type Session = z.infer<typeof sessionSchema>;

const STORE = 'gradstream.session';
export const EMPTY: Session = { known: [], currentId: null };

/** What was stored; nothing where it cannot be read. */
export function loadSession(storage: Pick<Storage, 'getItem'>): Session {
  try {
    return sessionSchema.parse(JSON.parse(storage.getItem(STORE) ?? 'null'));
  } catch {
    return EMPTY; // Nothing stored, or by another version.
  }
}

export function saveSession(storage: Pick<Storage, 'setItem'>, session: Session): void {
  storage.setItem(STORE, JSON.stringify(session));
}

/** A session with one more key, which is the one in use. */
export const withEntry = ({ known }: Session, entry: SessionEntry): Session => ({
  known: [...known.filter(({ id }) => id !== entry.id), entry],
  currentId: entry.id,
});
