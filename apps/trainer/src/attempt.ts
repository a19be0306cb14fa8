// One attempt: reads the files, trains, says what happens.

import {
  asDiskFull,
  GradstreamError,
  type FromTrainer,
  type NewFrame,
  type StartTraining,
} from '@gradstream/contracts';
import { loadTable, type Table } from '@gradstream/datasets';
import { engine, EngineError } from '@gradstream/engine';
import { parseModel } from '@gradstream/models';
import { train } from '@gradstream/training';
import { createReadStream } from 'node:fs';
import type { Channel } from './channel.js';

/** The rows of the run. */
async function readTable({ spec, datasetFile }: StartTraining): Promise<Table> {
  const { inputColumns: inputs, target, targetType } = spec;
  const task = target.task === 'regression' ? ('regression' as const) : ('classification' as const);
  const columns = { inputs, target: target.column, task, targetType };
  return loadTable(createReadStream(datasetFile), columns);
}

/** The message for whatever ended the training. The log gets the stack of what was not thrown as such a message. */
function failureOf(error: unknown): Extract<FromTrainer, { type: 'failed' }> {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (!(error instanceof GradstreamError)) process.stderr.write(`${stack}\n`);
  const typed = error instanceof GradstreamError ? error : asDiskFull(error);
  if (typed) return { type: 'failed', code: typed.code, message: typed.detail, errors: [...typed.errors] };
  const message = error instanceof Error ? error.message : String(error);
  const outOfMemory = /RESOURCE_EXHAUSTED|OOM when allocating|Array buffer allocation failed/.test(message);
  const code = outOfMemory ? 'OUT_OF_MEMORY' : error instanceof EngineError ? 'ENGINE_FAILED' : 'INTERNAL';
  return { type: 'failed', code, message, errors: [] };
}

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
  try {
    const parsed = parseModel(start.spec.model.definition);
    if (!parsed.ok)
      throw new GradstreamError('MODEL_INVALID', 'The stored model cannot be built.', {
        errors: parsed.problems,
      });
    const table = await readTable(start);
    const { threads, tensorflowDir } = start;
    const started = engine.start({ tensorflowDir, intraOpThreads: threads, interOpThreads: 1 });
    const outcome = await train({
      engine: started,
      graph: parsed.graph,
      table,
      spec: start.spec,
      folder: start.workFolder,
      ...(start.resumeFrom === undefined ? {} : { resumeFrom: start.resumeFrom }),
      onStart: ({ totalSteps, step, inexact }) => {
        void channel.send({ type: 'started', totalSteps, engineVersion: started.version, step });
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
    await channel.send(failureOf(error));
  }
}
