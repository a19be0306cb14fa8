// What the readers of all formats share: the limits, and the list of problems.

import {
  noteKnownKeys,
  toPointer,
  toProblemItems,
  type ProblemItem,
  type ProblemWords,
} from '@gradstream/contracts';
import type { z } from 'zod';
import type { ModelLimits } from '../graph/limits.js';

const WORDS: ProblemWords = {
  unknownKey: {
    where: 'here',
    hint: 'A setting that is not carried out is refused rather than ignored: leave it out',
  },
  badValueHint: 'Give a value that Keras would write here, or leave it out where it has a default',
  ownWords: false,
  unionsSpeak: true,
};

/** Inputs that all calls may have together, for each call that the limits allow. */
const INPUTS_PER_CALL = 4;

/** Most settings of a layer; the layers have up to about 30. */
const SETTINGS = 200;

export type Path = readonly PropertyKey[];

export class Reader {
  readonly problems: ProblemItem[] = [];
  #layers = 0;
  #calls = 0;
  #inputs = 0;

  constructor(private readonly limits: ModelLimits) {}

  /** Lists a problem; null is what could not be read. */
  refuse(path: Path, code: string, message: string, hint: string): null {
    this.problems.push({ pointer: toPointer(path), code, message, hint });
    return null;
  }

  /** The value, or null after its problems were listed. */
  parse<T>(schema: z.ZodType<T>, value: unknown, path: Path): T | null {
    const { success, data, error } = schema.safeParse(value, { error: noteKnownKeys });
    if (success) return data;
    for (const problem of toProblemItems(error.issues, path, WORDS)) this.problems.push(problem);
    return null;
  }

  /** Whether a model at this depth, from 1, may be read; lists the problem if not. */
  mayEnter(depth: number, path: Path): boolean {
    const { depth: most } = this.limits;
    if (depth <= most) return true;
    this.refuse(path, 'tooDeep', `models are nested more than ${most} deep`, 'Take one apart');
    return false;
  }

  /** Whether so many more layers may be read; lists the problem if not. */
  mayAdd(layers: number, path: Path): boolean {
    this.#layers += layers;
    if (this.#layers <= this.limits.layers) return true;
    const message = `the model has more than ${this.limits.layers} layers`;
    this.refuse(path, 'tooLarge', message, 'Make the model smaller');
    return false;
  }

  /** Whether so many more calls of layers may be read; lists the problem if not. */
  mayCall(calls: number, path: Path): boolean {
    this.#calls += calls;
    if (this.#calls <= this.limits.calls) return true;
    const message = `the model has more than ${this.limits.calls} calls of layers`;
    this.refuse(path, 'tooLarge', message, 'Make the model smaller');
    return false;
  }

  /** Whether so many more inputs of calls may be read; lists the problem if not. */
  mayTake(inputs: number, path: Path): boolean {
    this.#inputs += inputs;
    const most = this.limits.calls * INPUTS_PER_CALL;
    if (this.#inputs <= most) return true;
    const message = `the calls of layers have more than ${most} inputs together`;
    this.refuse(path, 'tooLarge', message, 'Make the model smaller');
    return false;
  }

  /** Whether a model may have so many inputs or outputs; lists the problem if not. */
  mayEnd(given: unknown, path: Path): boolean {
    const { outputs: most } = this.limits;
    if (!Array.isArray(given) || given.length <= most) return true;
    this.refuse(
      path,
      'tooLarge',
      `there are ${given.length} of them, the limit is ${most}`,
      'Leave some out',
    );
    return false;
  }

  /** Whether an object of settings has no more keys than any layer; lists the problem if not. */
  mayHold(given: Readonly<Record<string, unknown>>, path: Path): boolean {
    const { length } = Object.keys(given);
    if (length <= SETTINGS) return true;
    this.refuse(path, 'tooLarge', `there are ${length} settings, the limit is ${SETTINGS}`, 'Leave some out');
    return false;
  }
}
