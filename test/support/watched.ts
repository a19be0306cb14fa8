// What tests that watch runs in a browser share: an API with a worker, and the digits to train on.

import { beforeAll } from '@jest/globals';
import type { Gradstream, NewRun } from '@gradstream/sdk';
import { prepareDigits } from './digits.js';
import { useSystem, type SharedSystem } from './system.js';

export interface Watched {
  readonly system: SharedSystem;
  readonly client: Gradstream;
  /** The digits' run, complete. */
  readonly settings: NewRun;
}

/** A system for all tests of a file; before the first test it is not there. */
export function useWatched(): () => Watched {
  const system = useSystem({ WARM_TRAINERS: '0' });
  let watched: Watched | undefined;
  beforeAll(async () => {
    const { client } = system;
    watched = { system, client, settings: await prepareDigits(client) };
  });
  return () => {
    if (!watched) throw new Error('the system starts before the first test');
    return watched;
  };
}
