// Serves predictions of one checkpoint, one request after another, until the process ends.

import {
  GradstreamError,
  type FromPredictor,
  type PredictRows,
  type StartServing,
} from '@gradstream/contracts';
import { parseModel } from '@gradstream/models';
import { Predictor } from '@gradstream/training';
import { startedEngine } from './engine.js';
import { failureOf } from './failure.js';

type Send = (message: FromPredictor) => Promise<void>;

async function load(start: StartServing): Promise<Predictor> {
  const { spec, weightsFile } = start;
  const parsed = parseModel(spec.model.definition);
  if (!parsed.ok)
    throw new GradstreamError('MODEL_INVALID', 'The stored model cannot be built.', {
      errors: parsed.problems,
    });
  return Predictor.load({ engine: startedEngine(start), graph: parsed.graph, spec, weightsFile });
}

export class Serving {
  /** Ends with the last request that has come. */
  #last: Promise<void>;
  #predictor: Predictor | null = null;

  /** Loads the checkpoint; `onFailure` is called when that fails, after it was said. */
  constructor(
    start: StartServing,
    private readonly send: Send,
    onFailure: () => void,
  ) {
    this.#last = this.#load(start, onFailure);
  }

  /** Answers when all requests before it are answered. */
  add(request: PredictRows): void {
    this.#last = this.#last.then(() => this.#answer(request));
  }

  async #load(start: StartServing, onFailure: () => void): Promise<void> {
    try {
      this.#predictor = await load(start);
    } catch (error) {
      await this.send({ type: 'failed', ...failureOf(error) });
      onFailure();
    }
  }

  async #answer({ id, rows, from }: PredictRows): Promise<void> {
    if (!this.#predictor) return; // It was said why, and the process ends.
    try {
      await this.send({ type: 'predicted', id, answer: await this.#predictor.predict({ rows, from }) });
    } catch (error) {
      await this.send({ type: 'refused', id, ...failureOf(error) });
    }
  }
}
