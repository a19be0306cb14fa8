// Serves predictions of one checkpoint, one request after another, until the process ends.

import type { FromPredictor, StartServing, ToPredictor } from '@gradstream/contracts';
import { storedModel } from '@gradstream/models';
import { filesOfPage, predictPage, Predictor } from '@gradstream/training';
import { startedEngine } from './engine.js';
import { failureOf } from './failure.js';

type Send = (message: FromPredictor) => Promise<void>;
type Request = Exclude<ToPredictor, StartServing>;

async function load(start: StartServing): Promise<Predictor> {
  const { spec, weightsFile } = start;
  const graph = storedModel(spec.model.definition);
  return Predictor.load({ engine: startedEngine(start), graph, spec, weightsFile });
}

async function answer(predictor: Predictor, request: Request): Promise<FromPredictor> {
  const { id } = request;
  switch (request.type) {
    case 'predict': {
      const rows = await predictor.predict({ rows: request.rows, from: null });
      return { type: 'predicted', id, answer: rows, hasMore: false };
    }
    case 'locate':
      return { type: 'located', id, files: await filesOfPage(predictor, request.page) };
    case 'predictPage':
      return { type: 'predicted', id, ...(await predictPage(predictor, request.page)) };
  }
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
  add(request: Request): void {
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

  async #answer(request: Request): Promise<void> {
    if (!this.#predictor) return; // It was said why, and the process ends.
    try {
      await this.send(await answer(this.#predictor, request));
    } catch (error) {
      await this.send({ type: 'refused', id: request.id, ...failureOf(error) });
    }
  }
}
