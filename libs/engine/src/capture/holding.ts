// Variables of a call in flight are held, so that nothing else reads what it writes or writes what it uses.

import type { FunctionCall } from '../native/functions.js';
import type { EagerTensor, ResourceVariable } from '../native/variable.js';

/** Calls that are yielded to whoever makes them, on this thread or on another. */
export type Calls<R> = Generator<FunctionCall, R, EagerTensor[]>;

/** What functions do to variables; each variable is in one of the lists. */
export interface Accesses {
  /** Those that they only read. */
  readonly read: readonly ResourceVariable[];
  readonly written: readonly ResourceVariable[];
}

/** Makes calls while their variables are held. Throws VARIABLE_IN_USE ahead of the first one. */
export function* holding<R>({ read, written }: Accesses, calls: Calls<R>): Calls<R> {
  for (const variable of read) variable.refuseConflict('read');
  for (const variable of written) variable.refuseConflict('write');
  for (const variable of read) variable.readers++;
  for (const variable of written) variable.hasWriter = true;
  try {
    return yield* calls;
  } finally {
    for (const variable of read) variable.readers--;
    for (const variable of written) variable.hasWriter = false;
  }
}

/** One call. */
export function* once(call: FunctionCall): Calls<EagerTensor[]> {
  return yield call;
}

/** What several functions do to variables together. */
export function merged(all: readonly Accesses[]): Accesses {
  const written = new Set(all.flatMap((accesses) => accesses.written));
  const read = new Set(all.flatMap((accesses) => accesses.read));
  return { written: [...written], read: [...read].filter((variable) => !written.has(variable)) };
}
