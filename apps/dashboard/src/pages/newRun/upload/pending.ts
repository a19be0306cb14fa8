// Uploads in parts that are not complete: kept in the browser, so that the same file goes on where it was.

import { z } from 'zod';

const pendingSchema = z.object({
  datasetId: z.string(),
  project: z.string(),
  /** Name, size and date: a browser tells no path. */
  file: z.object({ name: z.string(), size: z.number(), lastModified: z.number() }),
});
export type Pending = z.infer<typeof pendingSchema>;
type PendingFile = Pending['file'];
type Store = Pick<Storage, 'getItem' | 'setItem'>;

const STORE = 'gradstream.uploads';
/** Older ones are forgotten; the server gives them up after some days. */
const KEPT = 20;

function load(storage: Store): readonly Pending[] {
  try {
    return z.array(pendingSchema).parse(JSON.parse(storage.getItem(STORE) ?? '[]'));
  } catch {
    return []; // Nothing kept, or by another version.
  }
}

const isOf = (pending: Pending, project: string, { name, size, lastModified }: PendingFile): boolean =>
  pending.project === project &&
  pending.file.name === name &&
  pending.file.size === size &&
  pending.file.lastModified === lastModified;

/** The dataset that an upload of this file was begun for; null where there is none. */
export const findPending = (storage: Store, project: string, file: PendingFile): string | null =>
  load(storage).find((pending) => isOf(pending, project, file))?.datasetId ?? null;

/** Forgets what was begun of a file. */
export function forgetPending(storage: Store, project: string, file: PendingFile): void {
  const others = load(storage).filter((pending) => !isOf(pending, project, file));
  storage.setItem(STORE, JSON.stringify(others));
}

/** Remembers an upload, in place of one of the same file. */
export function keepPending(storage: Store, project: string, file: PendingFile, datasetId: string): void {
  forgetPending(storage, project, file);
  const { name, size, lastModified } = file;
  const next: Pending = { datasetId, project, file: { name, size, lastModified } };
  storage.setItem(STORE, JSON.stringify([...load(storage), next].slice(-KEPT)));
}
