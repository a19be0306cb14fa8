// One attempt: reads the files, trains, says what happens.

import { asDiskFull, GradstreamError, type FromTrainer, type StartTraining } from '@gradstream/contracts';
import { loadTable, type Table } from '@gradstream/datasets';
import { engine, EngineError } from '@gradstream/engine';
import { parseModel } from '@gradstream/models';
import { train } from '@gradstream/training';
import { createReadStream } from 'node:fs';
import type { Channel } from './channel.js';

/** The rows of the run. */
async function readTable({ spec, datasetFile }: StartTraining): Promise<Table> {
  const { inputColumns: inputs, target, targetType } = spec;
  const columns = { inputs, target: target.column, task: target.task, targetType };
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
      onStart: (totalSteps) =>
        void channel.send({ type: 'started', totalSteps, engineVersion: started.version, step: 0 }),
      onFrame: (frame) => {
        channel.addFrame(frame);
      },
      onCheckpoint: ({ file, bytes, sha256, ...checkpoint }) => {
        const files = [{ name: 'model.safetensors', file, bytes, sha256 } as const];
        void channel.send({ type: 'checkpoint', files, ...checkpoint });
      },
      waitUntilReady: () => channel.ready(),
      shouldStop,
    });
    await channel.send({ type: 'finished', outcome });
  } catch (error) {
    await channel.send(failureOf(error));
  }
}
