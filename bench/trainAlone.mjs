// A run's spec carried out by the library in this process, without worker, channel and store; started by service.mjs.
//   node bench/trainAlone.mjs FILE      prints the milliseconds of a step, from the first frame's time to the last one's

import { ShardedDataset } from '@gradstream/datasets';
import { engine as tensorflow } from '@gradstream/engine';
import { parseModel } from '@gradstream/models';
import { train } from '@gradstream/training';
import { readFile } from 'node:fs/promises';

const given = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
const parsed = parseModel(given.spec.model.definition);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const dataset = await ShardedDataset.open(given.datasetFolder);
const { tensorflowDir, threads } = given;
const engine = tensorflow.start({ tensorflowDir, intraOpThreads: threads, interOpThreads: 1 });
let [first, last, steps] = [Number.NaN, Number.NaN, 0];
await train({
  ...{ engine, graph: parsed.graph, dataset, spec: given.spec, folder: given.workFolder },
  onStart: () => undefined,
  onFrame: ({ kind, time, series }) => {
    if (kind !== 'metrics' || !series.includes('loss')) return;
    last = Date.parse(time);
    if (steps++ === 0) first = last;
  },
  onCheckpoint: () => undefined,
  shouldStop: () => false,
});
dataset.close();
console.log(JSON.stringify({ stepMs: (last - first) / (steps - 1) }));
