#!/usr/bin/env node
// How long `parseModel` takes to answer what is mostly no model: the documents of its fuzz test, and the hostile ones.
//   node bench/answers.mjs [DOCUMENTS] [SEED]      after `npm run build`

import { parseModel } from '@gradstream/models';
import fc from 'fast-check';
import { changed, keras3Models, models } from '../libs/models/dist/testing/documents.js';
import { hostile } from '../libs/models/dist/testing/hostile.js';
import { quantile } from '../tools/lib/quantile.mjs';

const count = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? 1);
/** Longest answer that is aimed at. */
const LIMIT = 200;

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** @param {unknown} document */
function time(document) {
  const [began, before] = [performance.now(), cpu()];
  const { ok } = parseModel(document);
  return { ms: performance.now() - began, cpu: cpu() - before, ok };
}

const show = (/** @type {number} */ ms) => `${ms.toFixed(1)} ms`;

for (const model of models) time(model); // The first answers compile the code.
for (const [what, documents] of /** @type {const} */ ([
  ['models with changes', changed(models)],
  ["Keras 3's models with changes", changed(keras3Models)],
])) {
  const answers = fc.sample(documents, { numRuns: Math.ceil(count / 2), seed }).map(time);
  const right = answers.filter(({ ok }) => ok).length;
  console.log(`${what}: ${answers.length}, ${right} of them right (median, 99 %, slowest)`);
  for (const [clock, times] of /** @type {const} */ ([
    ['by the clock', answers.map(({ ms }) => ms)],
    ['of processor time', answers.map((answer) => answer.cpu)],
  ])) {
    const figures = [0.5, 0.99, 1].map((share) => show(quantile(times, share))).join(', ');
    console.log(`  ${clock}: ${figures}; over ${LIMIT} ms: ${times.filter((ms) => ms > LIMIT).length}`);
  }
}
const answers = hostile.map(([name, document]) => ({ name, ...time(document) }));
answers.sort((a, b) => b.ms - a.ms);
console.log(`hostile: ${answers.length}; the slowest by the clock, and their processor time:`);
for (const answer of answers.slice(0, 12))
  console.log(`  ${show(answer.ms).padStart(10)}  ${show(answer.cpu).padStart(10)}  ${answer.name}`);
