// Variables of a call in flight are held, so that nothing else reads what it writes or writes what it uses.

import type { FunctionCall } from '../native/functions.js';
import type { Access, EagerTensor, ResourceVariable } from '../native/variable.js';

/** Calls that are yielded to whoever makes them, on this thread or on another. */
export type Calls<R> = Generator<FunctionCall, R, EagerTensor[]>;

/** What functions do to variables. */
export type Accesses = ReadonlyMap<ResourceVariable, Access>;

/** Makes calls while their variables are held. Throws VARIABLE_IN_USE ahead of the first one. */
export function* holding<R>(accesses: Accesses, calls: Calls<R>): Calls<R> {
  for (const [variable, access] of accesses) variable.refuseConflict(access);
  for (const [variable, access] of accesses) variable.hold(access, true);
  try {
    return yield* calls;
  } finally {
    for (const [variable, access] of accesses) variable.hold(access, false);
  }
}

/** One call. */
export function* once(call: FunctionCall): Calls<EagerTensor[]> {
  return yield call;
}

/** What several functions do to variables together. */
export function merged(all: readonly Accesses[]): Accesses {
  const entries = all.flatMap((accesses) => [...accesses]);
  return new Map([...entries, ...entries.filter(([, access]) => access === 'write')]);
}
