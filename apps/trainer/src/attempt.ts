// One attempt: reads the files, trains, says what happens.

import type { NewFrame, StartTraining } from '@gradstream/contracts';
import { ShardedDataset } from '@gradstream/datasets';
import { storedModel } from '@gradstream/models';
import { train } from '@gradstream/training';
import type { Channel } from './channel.js';
import { startedEngine } from './engine.js';
import { failureOf } from './failure.js';

/** Tells that a run goes on otherwise than it would have without a stop. */
function notice(step: number, inexact: readonly string[]): NewFrame {
  const message = `The run goes on from a checkpoint of other circumstances, so that its last digits may differ: ${inexact.join('; ')}.`;
  const event = { type: 'log', level: 'warn', message } as const;
  const time = new Date().toISOString();
  return { kind: 'event', step, epoch: 0, time, series: [], values: [], event };
}

/** Runs an attempt to its end and reports it. */
export async function runAttempt(
  start: StartTraining,
  channel: Channel,
  shouldStop: () => boolean,
): Promise<void> {
  let dataset: ShardedDataset | null = null;
  try {
    const graph = storedModel(start.spec.model.definition);
    dataset = await ShardedDataset.open(start.datasetFolder);
    const engine = startedEngine(start);
    const outcome = await train({
      engine,
      graph,
      dataset,
      spec: start.spec,
      specSha256: start.specSha256,
      folder: start.workFolder,
      ...(start.resumeFrom === undefined ? {} : { resumeFrom: start.resumeFrom }),
      onStart: ({ totalSteps, step, inexact }) => {
        void channel.send({ type: 'started', totalSteps, engineVersion: engine.version, step });
        if (inexact.length > 0) channel.addFrame(notice(step, inexact));
      },
      onFrame: (frame) => {
        channel.addFrame(frame);
      },
      onCheckpoint: ({ files, ...checkpoint }) =>
        void channel.send({ type: 'checkpoint', files: [...files], ...checkpoint }),
      waitUntilReady: () => channel.ready(),
      shouldStop,
    });
    await channel.send({ type: 'finished', outcome });
  } catch (error) {
    await channel.send({ type: 'failed', ...failureOf(error) });
  } finally {
    dataset?.close();
  }
}
