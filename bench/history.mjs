#!/usr/bin/env node
// How long a picture of a long run takes: GET /v1/runs/{id}/metrics?points=2000 over HTTP, on the services of the checkout,
// after `npm run build`. Fills a run of its own, and deletes it.
//   node bench/history.mjs [STEPS]      1,000,000 unless said otherwise

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
const CHUNK = 20_000;
const ROUNDS = 30;
const POINTS = 2000;

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

/**
 * A run that has ended after so many steps, with the frames that training tells: six numbers and two layers a step.
 * Returns the milliseconds that summing up 1000 steps took.
 */
async function fill() {
  await query(sql`INSERT INTO projects (id, name) VALUES (${project}, 'bench')`);
  await query(sql`INSERT INTO datasets (id, project_id, name, state, format, object_key)
    VALUES (${dataset}, ${project}, 'bench', 'ready', 'csv', 'none')`);
  await query(sql`INSERT INTO runs (id, project_id, name, dataset_id, spec, state, attempt, last_seq, step, metric_names)
    VALUES (${run}, ${project}, 'bench', ${dataset}, '{}', 'running', 1, ${2 * STEPS}, ${STEPS},
      '{loss,accuracy,learningRate,gradientNorm,clippedGradientNorm,stepMs}')`);
  await query(sql`INSERT INTO run_attempts (run_id, number, project_id, worker_id, start_step)
    VALUES (${run}, 1, ${project}, 'bench', 0)`);
  const rollups = app.get(RollupRepository);
  let rollupMs = 0;
  for (let from = 0; from < STEPS; from += CHUNK) {
    const to = Math.min(STEPS, from + CHUNK);
    await query(sql`INSERT INTO run_frames (run_id, seq, project_id, attempt, kind, step, epoch, time, series, "values")
      SELECT ${run}, 2 * step - 1, ${project}, 1, 'metrics', step, 1, now(),
        '{loss,accuracy,learningRate,gradientNorm,clippedGradientNorm,stepMs}'::text[],
        ARRAY[random(), random(), 0.001, random(), random(), random()] FROM generate_series(${from + 1}::int, ${to}::int) AS step
      UNION ALL SELECT ${run}, 2 * step, ${project}, 1, 'gradients', step, 1, now(), '{a/norm,b/norm}'::text[],
        ARRAY[random(), random()] FROM generate_series(${from + 1}::int, ${to}::int) AS step`);
    const began = performance.now();
    await database.asSystem(() => rollups.complete({ id: run, project_id: project }, 2 * from, 2 * to));
    rollupMs += performance.now() - began;
  }
  await query(sql`ANALYZE run_frames, run_rollups`);
  return (rollupMs / STEPS) * 1000;
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
  for (let seq = 0; seq < 2 * STEPS; seq += 100_000)
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
  const sumUpMs = await fill();
  console.log(`${STEPS} steps; summing up costs ${sumUpMs.toFixed(2)} ms for 1000 steps`);
  const maker = { projectId: project, keyId: 'none', scopes: /** @type {'admin'[]} */ (['admin']) };
  const { secret } = await app.get(ApiKeys).create(maker, { name: 'bench', scopes: ['admin'] });
  await measure('', secret);
  await measure('&series=loss', secret);
} finally {
  await clean();
  await app.close();
}
process.exit();
