// Kills at random steps of ten runs: of the trainer, the worker, the API, Valkey, Postgres. Whatever dies, a run ends
// with the bytes and the history of one that nothing happened to.

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Gradstream, SYSTEM_SERIES, type NewRun } from '@gradstream/sdk';
import fc from 'fast-check';
import { Client } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { prepareDigits } from '../support/digits.js';
import { lastWeights, readEvents, readSeries, untilEnd } from '../support/history.js';
import { killService } from '../support/services.js';
import { startSystem, type Program, type System } from '../support/system.js';

jest.setTimeout(600_000);

const RUNS = 10;
const KILLS_OF_A_RUN = 2;
const STEPS = 500;
const DOWN_MS = 1000;
/** How long a run may be without anyone who trains it. */
const MOST_UNATTENDED_SECONDS = 30;
/** Another one gives other steps and victims. */
const SEED = Number(process.env['FAULTS_SEED'] ?? 20_261_127);

const victims = ['trainer', 'worker', 'api', 'valkey', 'postgres'] as const;
type Victim = (typeof victims)[number];
/** With one of these an attempt ends, and another one follows; the others are waited for. */
const endsAttempt = (victim: Victim): boolean => victim === 'trainer' || victim === 'worker';

interface Kill {
  readonly victim: Victim;
  /** Once this step is stored. */
  readonly step: number;
}

/** Each victim as often as the others, at steps in rising order. */
function planKills(): Kill[][] {
  const steps = fc.sample(fc.integer({ min: 1, max: STEPS - 60 }), {
    seed: SEED,
    numRuns: RUNS * KILLS_OF_A_RUN,
  });
  const [order = []] = fc.sample(fc.shuffledSubarray([...steps.keys()], { minLength: steps.length }), {
    seed: SEED,
    numRuns: 1,
  });
  const kills = steps.map((step, at): Kill => {
    return { step, victim: victims[(order[at] ?? 0) % victims.length] ?? 'trainer' };
  });
  return Array.from({ length: RUNS }, (_, run) =>
    kills.slice(KILLS_OF_A_RUN * run, KILLS_OF_A_RUN * (run + 1)).sort((a, b) => a.step - b.step),
  );
}

let system: System;
let client: Gradstream;
let settings: NewRun;
let worker: Program;
let api: Program;

beforeAll(async () => {
  system = await startSystem({ WARM_TRAINERS: '0' }); // A worker's children are the trainers of runs.
  client = new Gradstream({ url: system.url, apiKey: system.apiKey, retries: 60 });
  // Checkpoints between epochs and in the middle of an accumulation, dropout, moments: all that a resume has to bring back.
  settings = {
    ...(await prepareDigits(client)),
    steps: STEPS,
    batchSize: 16,
    accumulate: 2,
    checkpoints: { everySteps: 40 },
    // At a measured rate, two trainings would tell norms at other steps.
    telemetry: { gradients: 'everyStep' },
  };
  ({ worker, api } = system);
});
afterAll(async () => {
  await system.stop();
});

/** Whether a run still trains. Throws for one that did not end well. */
async function isTraining(runId: string): Promise<boolean> {
  const { finishedAt, state, step } = await client.runs.get(runId);
  if (finishedAt !== null && state !== 'succeeded') throw new Error(`${runId} is ${state} at step ${step}`);
  return finishedAt === null;
}

/**
 * Waits until the run has stored a step and an attempt of that number runs; false when it ended before. Polled, for
 * whatever dies is not to be noticed here.
 */
async function untilStep(runId: string, step: number, attempt: number): Promise<boolean> {
  while (await isTraining(runId)) {
    const run = await client.runs.get(runId);
    if (run.state === 'running' && run.attempt >= attempt && run.step >= step) return true;
    await delay(5);
  }
  return false;
}

/** Thrown where a trainer was to be killed, and has ended already. */
class NoTrainer extends Error {}

/** Kills, and brings back what does not come back by itself. */
async function kill(victim: Victim): Promise<void> {
  switch (victim) {
    case 'trainer': {
      const pids = await worker.children();
      if (pids.length === 0) throw new NoTrainer('there is no trainer to kill');
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      return;
    }
    case 'worker':
      await worker.kill();
      worker = system.addWorker();
      return;
    case 'api':
      await api.kill();
      api = await system.restartApi();
      return;
    default:
      await killService(victim, DOWN_MS);
  }
}

/**
 * Kills one after the other; returns how many of them ended an attempt. Once a service was away the trainer, which goes
 * on meanwhile, may have ended before its kill; then nothing is killed any more.
 */
async function disturb(runId: string, kills: readonly Kill[]): Promise<number> {
  let [endings, wasAway] = [0, false];
  for (const { victim, step } of kills) {
    try {
      if (!(await untilStep(runId, step, 1 + endings)))
        throw new NoTrainer(`${runId} ended before step ${step}`);
      await kill(victim);
    } catch (error) {
      if (error instanceof NoTrainer && wasAway) break;
      throw error;
    }
    if (!endsAttempt(victim)) wasAway = true;
    else if (await isTraining(runId)) endings++;
  }
  return endings;
}

/** Of a server that is being killed, or starts. */
const AWAY = /ECONNREFUSED|ECONNRESET|EPIPE|terminat|starting up|shutting down|recovery|Connection/i;

interface Watch {
  /** Seconds for which the worker of a run that was running was not heard of, at most. */
  readonly longest: number;
  /** Times that it was found running. */
  readonly seen: number;
}

/** Looks every so often how long ago the workers of runs that are running were heard of. */
function watchOwners(): { stop: () => Promise<Watch> } {
  let [longest, seen] = [0, 0];
  const stopping = new AbortController();
  const look = async (): Promise<void> => {
    const database = new Client({ connectionString: process.env['DATABASE_URL'] });
    database.on('error', () => undefined); // Postgres is one of the victims.
    try {
      await database.connect();
      const { rows } = await database.query<{ silent: number | null }>(
        `select extract(epoch from max(now() - a.heartbeat_at))::float8 as silent
           from runs r join run_attempts a on a.run_id = r.id and a.number = r.attempt
          where r.state in ('preparing', 'running')`,
      );
      const silent = rows[0]?.silent ?? null;
      if (silent !== null) [longest, seen] = [Math.max(longest, silent), seen + 1];
    } catch (error) {
      if (!AWAY.test(String(error))) throw error; // It says afterwards what it would have said.
    } finally {
      await database.end().catch(() => undefined);
    }
  };
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await delay(500);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
      return { longest, seen };
    },
  };
}

/** What a clock and the machine told a run. */
const TIMED = new Set(['stepMs', ...SYSTEM_SERIES]);

/** What a run told, without that. */
const withoutTimes = (series: Awaited<ReturnType<typeof readSeries>>): [string, unknown[]][] =>
  [...series].filter(([key]) => !TIMED.has(key.split(' ')[0] ?? '')).sort(([a], [b]) => (a < b ? -1 : 1));

test('ten runs end as one does that nothing happened to', async () => {
  const whole = await client.runs.create({ ...settings, name: 'undisturbed' });
  await untilEnd(client, whole.id);
  const weights = await lastWeights(client, whole.id);
  const history = withoutTimes(await readSeries(client, whole.id));
  expect(weights).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), STEPS]);
  expect(history.filter(([key]) => key.startsWith('loss '))).toHaveLength(STEPS);

  const owners = watchOwners();
  const figures = { endings: 0, rewound: 0, points: 0 };
  const plan = planKills();
  let watch: Watch;
  try {
    for (const [number, kills] of plan.entries()) {
      const run = await client.runs.create({ ...settings, name: `killed ${number + 1}` });
      const endings = await disturb(run.id, kills);
      figures.endings += endings;
      await untilEnd(client, run.id);
      const ended = await client.runs.get(run.id);
      const expected = { state: 'succeeded', step: STEPS, failure: null, attempt: 1 + endings };
      expect({ kills, ...ended }).toMatchObject(expected);
      expect(await lastWeights(client, run.id)).toEqual(weights);
      const told = withoutTimes(await readSeries(client, run.id));
      expect(told).toEqual(history);
      const events = await readEvents(client, run.id);
      figures.rewound += events.filter(({ type }) => type === 'rewound').length;
      figures.points += told.length;
    }
  } finally {
    watch = await owners.stop();
  }
  process.stdout.write(
    `random kills, seed ${SEED}: ${JSON.stringify({ ...figures, longestUnattendedSeconds: Number(watch.longest.toFixed(1)) })}\n`,
  );
  // The first kill of a run meets its trainer.
  expect(figures.endings).toBeGreaterThanOrEqual(
    plan.filter(([first]) => first && endsAttempt(first.victim)).length,
  );
  expect(watch.seen).toBeGreaterThan(RUNS);
  expect(watch.longest).toBeLessThan(MOST_UNATTENDED_SECONDS);
});
