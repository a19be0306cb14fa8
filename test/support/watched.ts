// What tests that watch runs in a browser share: an API with a worker, and the digits to train on.

import { afterAll, beforeAll } from '@jest/globals';
import { Gradstream, type NewRun } from '@gradstream/sdk';
import { prepareDigits } from './digits.js';
import { startSystem, type System } from './system.js';

export interface Watched {
  readonly system: System;
  readonly client: Gradstream;
  /** The digits' run, complete. */
  readonly settings: NewRun;
}

/** A system for all tests of a file; before the first test it is not there. */
export function useWatched(): () => Watched {
  let watched: Watched | undefined;
  beforeAll(async () => {
    const system = await startSystem({ WARM_TRAINERS: '0' });
    const client = new Gradstream({ url: system.url, apiKey: system.apiKey });
    watched = { system, client, settings: await prepareDigits(client) };
  });
  afterAll(async () => {
    await watched?.system.stop();
  });
  return () => {
    if (!watched) throw new Error('the system starts before the first test');
    return watched;
  };
}
