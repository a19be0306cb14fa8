#!/usr/bin/env node
// How long a picture of a long run takes, which once went back: GET /v1/runs/{id}/metrics?points=2000 over HTTP, on the
// services of the checkout, after `npm run build`; and what going back costs. Fills a run of its own, and deletes it.
//   node bench/history.mjs [STEPS]      1,000,000 unless said otherwise; at least 10,000

import { Database, RollupRepository } from '@gradstream/data';
import { ApiKeys } from '@gradstream/domain';
import { loadConfig } from '@gradstream/platform';
import { sql } from 'kysely';
import { randomBytes } from 'node:crypto';
import { createApp } from '../apps/api/dist/app.js';
import { quantile } from '../tools/lib/quantile.mjs';
import { up } from '../tools/services/control.mjs';
import { serviceEnvironment } from '../tools/services/settings.mjs';
import { migrate } from '../tools/migrate.mjs';

const STEPS = Number(process.argv[2] ?? 1_000_000);
/** Steps of one statement, which may take eight seconds. */
const CHUNK = 5000;
const ROUNDS = 30;
const POINTS = 2000;
/** Where the run goes back early on, from some steps further. */
const BACK_TO = 5000;
const LOST_STEPS = 100;

await up();
const services = await serviceEnvironment();
await migrate(services.DATABASE_URL);
const app = await createApp(loadConfig({ ...process.env, ...services, LOG_LEVEL: 'silent' }));
app.useLogger(false);
await app.listen(0, '127.0.0.1');
const database = app.get(Database);
const id = (/** @type {string} */ prefix) => `${prefix}_${randomBytes(16).toString('hex')}`;
const [project, dataset, run] = [id('prj'), id('ds'), id('run')];

/** Runs a statement as the system. */
const query = (/** @type {import('kysely').RawBuilder<unknown>} */ statement) =>
  database.asSystem(() => statement.execute(database.query));

/** The run as it is now. */
const runRow = async () => {
  const { rows } = /** @type {{ rows: import('@gradstream/data').RunRow[] }} */ (
    await query(sql`SELECT * FROM runs WHERE id = ${run}`)
  );
  const [row] = rows;
  if (!row) throw new Error('the run is there');
  return row;
};

/** Tells steps as training does, six numbers and two layers each. Returns the milliseconds that summing up took. */
async function tell(
  /** @type {RollupRepository} */ rollups,
  /** @type {{ attempt: number, from: number, to: number }} */ { attempt, from, to },
) {
  let rollupMs = 0;
  for (let first = from; first < to; first += CHUNK) {
    const last = Math.min(to, first + CHUNK);
    const { last_seq: seq } = await runRow();
    const next = seq + 2 * (last - first);
    const steps = sql`generate_series(${first + 1}::int, ${last}::int) AS step`;
    await query(sql`INSERT INTO run_frames (run_id, seq, project_id, attempt, kind, step, epoch, time, series, "values")
      SELECT ${run}, ${seq}::bigint + 2 * (step - ${first}::int) - 1, ${project}, ${attempt}::int, 'metrics', step, 1, now(),
        '{loss,accuracy,learningRate,gradientNorm,clippedGradientNorm,stepMs}'::text[],
        ARRAY[random(), random(), 0.001, random(), random(), random()] FROM ${steps}
      UNION ALL SELECT ${run}, ${seq}::bigint + 2 * (step - ${first}::int), ${project}, ${attempt}::int, 'gradients', step, 1, now(),
        '{a/norm,b/norm}'::text[], ARRAY[random(), random()] FROM ${steps}`);
    await query(sql`UPDATE runs SET last_seq = ${next}, step = ${last} WHERE id = ${run}`);
    const began = performance.now();
    const row = await runRow();
    await database.asSystem(() => rollups.complete(row, seq, next));
    rollupMs += performance.now() - began;
  }
  return rollupMs;
}

/** Goes back to a step with another attempt. Returns the milliseconds that this took. */
async function goBack(
  /** @type {RollupRepository} */ rollups,
  /** @type {{ attempt: number, step: number }} */ { attempt, step },
) {
  await query(sql`INSERT INTO run_attempts (run_id, number, project_id, worker_id, start_step)
    VALUES (${run}, ${attempt}, ${project}, 'bench', ${step})`);
  const row = await runRow();
  const began = performance.now();
  await database.asSystem(async () => {
    await rollups.takeBack(row, step);
    await rollups.summarize(row);
  });
  return performance.now() - began;
}

/** A run of so many steps that once went back. Returns the milliseconds that summing up 1000 steps took. */
async function fill(/** @type {RollupRepository} */ rollups) {
  await query(sql`INSERT INTO projects (id, name) VALUES (${project}, 'bench')`);
  await query(sql`INSERT INTO datasets (id, project_id, name, state, format, object_key)
    VALUES (${dataset}, ${project}, 'bench', 'ready', 'csv', 'none')`);
  await query(sql`INSERT INTO runs (id, project_id, name, dataset_id, spec, state, attempt, metric_names)
    VALUES (${run}, ${project}, 'bench', ${dataset}, '{}', 'running', 2,
      '{loss,accuracy,learningRate,gradientNorm,clippedGradientNorm,stepMs}')`);
  await query(sql`INSERT INTO run_attempts (run_id, number, project_id, worker_id, start_step)
    VALUES (${run}, 1, ${project}, 'bench', 0)`);
  let rollupMs = await tell(rollups, { attempt: 1, from: 0, to: BACK_TO + LOST_STEPS });
  await goBack(rollups, { attempt: 2, step: BACK_TO });
  rollupMs += await tell(rollups, { attempt: 2, from: BACK_TO, to: STEPS });
  await query(sql`ANALYZE run_frames, run_rollups`);
  return (rollupMs / (STEPS + LOST_STEPS)) * 1000;
}

/** Milliseconds of each of some answers, and how many points they held. */
async function measure(/** @type {string} */ search, /** @type {string} */ secret) {
  const url = `${await app.getUrl()}/v1/runs/${run}/metrics?points=${POINTS}${search}`;
  const times = [];
  let points = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    const answer = await fetch(url, { headers: { authorization: `Bearer ${secret}` } });
    const { series } = await answer.json();
    times.push(performance.now() - began);
    points = Math.max(...series.map((/** @type {{ steps: number[] }} */ { steps }) => steps.length));
  }
  const [median, p90, worst] = [0.5, 0.9, 1].map((share) => quantile(times, share).toFixed(0));
  console.log(
    `${search || 'all series'}: median ${median} ms, p90 ${p90} ms, worst ${worst} ms, ${points} points a series`,
  );
}

/** Deletes what `fill` made, as much of it as there is. */
async function clean() {
  const began = performance.now();
  await query(sql`DELETE FROM api_keys WHERE project_id = ${project}`);
  for (let seq = 0; seq < 2 * (STEPS + LOST_STEPS); seq += 100_000)
    await query(
      sql`DELETE FROM run_frames WHERE run_id = ${run} AND seq > ${seq} AND seq <= ${seq + 100_000}`,
    );
  for (const name of ['run_rollups', 'run_attempts'])
    await query(sql`DELETE FROM ${sql.table(name)} WHERE run_id = ${run}`);
  for (const name of ['runs', 'datasets'])
    await query(sql`DELETE FROM ${sql.table(name)} WHERE project_id = ${project}`);
  await query(sql`DELETE FROM projects WHERE id = ${project}`);
  console.log(`deleted in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

try {
  const rollups = app.get(RollupRepository);
  const sumUpMs = await fill(rollups);
  console.log(`${STEPS} steps; summing up costs ${sumUpMs.toFixed(2)} ms for 1000 steps`);
  const maker = { projectId: project, keyId: 'none', scopes: /** @type {'admin'[]} */ (['admin']) };
  const { secret } = await app.get(ApiKeys).create(maker, { name: 'bench', scopes: ['admin'] });
  await measure('', secret);
  await measure('&series=loss', secret);
  const backMs = await goBack(rollups, { attempt: 3, step: STEPS - 1000 });
  console.log(`going back 1000 steps from the end: ${backMs.toFixed(0)} ms`);
} finally {
  await clean();
  await app.close();
}
process.exit();
