// A watch on TensorFlow as it would be if the calls themselves failed.

import { expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { EagerContext } from '../native/eager.js';
import type { Native } from '../native/native.js';
import { PeerWatch } from './health.js';

const INTERNAL = 13; // Of absl/status/status.h.
const PATIENCE_MS = 10_000;

test('a watch that cannot ask ends the collectives, and says why', async () => {
  const ended: [code: number, reason: string][] = [];
  let statuses = 0;
  let said: [number, string] = [0, ''];
  const api = {
    TF_NewStatus: () => BigInt(++statuses),
    TF_DeleteStatus: () => statuses--,
    TF_SetStatus: (_: bigint, code: number, reason: string) => {
      said = [code, reason];
    },
    TFE_AbortCollectiveOps: () => ended.push(said),
    TFE_CollectiveOpsCheckPeerHealth: {
      async: (...given: unknown[]) => {
        (given.at(-1) as (error: Error) => void)(new Error('no thread is left'));
      },
    },
  };
  const native = { api } as unknown as Native;
  const cluster = { addresses: ['a:1', 'b:2'], taskIndex: 0 };
  new PeerWatch(native, { pointer: 1n } as unknown as EagerContext, cluster).start();
  for (const until = Date.now() + PATIENCE_MS; ended.length === 0 && Date.now() < until;) await delay(20);
  expect(ended).toEqual([[INTERNAL, expect.stringMatching(/no thread is left.*start all workers again/)]]);
  expect(statuses).toBe(0);
});
