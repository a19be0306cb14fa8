// From a commit to those who follow: played runs at a realistic rate, and followers in a process of their own.

import { ApiKeys, Attempts } from '@gradstream/domain';
import { quantile } from '../../../tools/lib/quantile.mjs';
import { withFollowers } from './followers.mjs';
import { beginRuns, frameOf, play } from './played.mjs';

/** @typedef {import('./system.mjs').System} System */

/** What a step of a small network tells. */
const METRICS = ['loss', 'accuracy', 'learningRate', 'gradientNorm', 'clippedGradientNorm', 'stepMs'];
const NORMS = ['dense_1/norm', 'dense_2/norm', 'dense_3/norm'];
/** Streams of a key; the API allows a hundred. */
const STREAMS = 50;

const framesOf = (/** @type {number} */ step) => [
  frameOf('metrics', step, METRICS),
  frameOf('gradients', step, NORMS),
];

/** Rows of the table. @returns {Promise<[string, string][]>} */
export async function measureLive(
  /** @type {System} */ system,
  /** @type {import('@gradstream/sdk').NewRun} */ spec,
  /** @type {{ jobs: number, followers: number, seconds: number, hz: number }} */ {
    jobs,
    followers,
    seconds,
    hz,
  },
) {
  const { app, principal, url } = system;
  const attempts = app.get(Attempts);
  const runs = await beginRuns(system, spec, jobs);
  for (const claimed of runs)
    await attempts.appendFrames(claimed, framesOf(1), await attempts.position(claimed));
  const wishes = [];
  let apiKey = '';
  for (let i = 0; i < followers; i++)
    for (const { runId } of runs) {
      if (wishes.length % STREAMS === 0)
        ({ secret: apiKey } = await app.get(ApiKeys).create(principal, { name: 'bench', scopes: ['read'] }));
      wishes.push({ apiKey, runId });
    }
  const settings = { steps: seconds * hz, stepMs: 1000 / hz };
  const [played, arrivals] = await withFollowers({ url, wishes }, (signal) =>
    Promise.all(runs.map((claimed) => play(attempts, claimed, { ...settings, from: 1, framesOf, signal }))),
  );
  const stored = new Map(runs.map(({ runId }, i) => [runId, played[i]]));
  const arrived = arrivals.filter(([, step]) => step > 1);
  const delays = arrived.map(([runId, step, at]) => at - (stored.get(runId)?.get(step) ?? Number.NaN));
  const expected = jobs * followers * (settings.steps - 1);
  if (delays.length !== expected) throw new Error(`${delays.length} frames arrived, not ${expected}`);
  const [median, p99, worst] = [0.5, 0.99, 1].map((share) => quantile(delays, share).toFixed(0));
  return [
    [
      `commit to client, ${jobs * followers} followers of ${jobs} runs at ${hz} steps/s`,
      `median ${median} ms, p99 ${p99} ms, worst ${worst} ms`,
    ],
  ];
}
