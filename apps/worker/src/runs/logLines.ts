// Lines of a trainer as events of its run: so many an attempt, for a loop that writes would fill the history.

import type { NewFrame } from '@gradstream/contracts';

const MAX_LINES = 1000;

/** Makes frames of lines. */
export class LogLines {
  #count = 0;
  #place: Pick<NewFrame, 'step' | 'epoch'> = { step: 0, epoch: 0 };

  /** Notes where training stands by its newest frames; lines are placed at the last one. */
  at(frames: readonly NewFrame[]): void {
    this.#place = frames.at(-1) ?? this.#place;
  }

  /** The frame of a line; null for one too many. */
  toFrame(line: string): NewFrame | null {
    this.#count++;
    if (this.#count > MAX_LINES + 1) return null;
    const message = this.#count > MAX_LINES ? `(lines after the first ${MAX_LINES} are not kept)` : line;
    return {
      ...{ kind: 'event', time: new Date().toISOString(), series: [], values: [] },
      ...{ step: this.#place.step, epoch: this.#place.epoch },
      event: { type: 'log', level: 'info', message },
    };
  }
}
