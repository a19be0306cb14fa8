// What is said over the channel of a process that reads an upload: one start, one answer.

import { fromIngestSchema, type FromIngest, type StartIngest } from '@gradstream/contracts';
import type { ChildProcess } from 'node:child_process';

/** Characters that are kept of what it writes. */
const MAX_LOG = 10_000;

export interface Conversation {
  /** Null when it ended without one. */
  readonly answer: FromIngest | null;
  /** Why its answer is none of the protocol; null when it is one. */
  readonly violation: Error | null;
  /** Why it never ran. */
  readonly failure: Error | null;
  /** The last of what it wrote. */
  readonly log: string;
}

/** Tells a process that was just forked what to read, and waits until it has ended and all that it said has arrived. */
export async function conversation(child: ChildProcess, start: StartIngest): Promise<Conversation> {
  let answer: FromIngest | null = null;
  let violation: Error | null = null;
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-MAX_LOG)));
  child.once('message', (message) => {
    const { success, data, error } = fromIngestSchema.safeParse(message);
    if (success) answer = data;
    else violation = error;
  });
  // A message may come after the process has closed, never after its channel has.
  const disconnected = new Promise<void>((resolve) => {
    child.once('disconnect', resolve);
  });
  const failure = await new Promise<Error | null>((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(error);
    });
    child.once('close', () => {
      resolve(null);
    });
    child.send(start, (error) => {
      if (error && child.pid === undefined) resolve(error);
    });
  });
  if (failure === null) await disconnected;
  return { answer, violation, failure, log };
}
