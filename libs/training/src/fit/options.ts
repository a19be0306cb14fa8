// What `fit` is given, and whether it fits: options that there are, and rules that watch what is measured.

import { GradstreamError, toPointer, unknownMonitors, validationName } from '@gradstream/contracts';
import type { OpenCheckpoint } from '../checkpoint/checkpoint.js';
import { seriesOf } from '../metrics/index.js';
import type { TrainingData } from './data.js';
import type { FitEvents } from './events.js';
import { metricsOf } from './outputs.js';
import type { GivenTarget } from './continuity.js';
import type { Training } from './training.js';

export interface FitOptions extends FitEvents {
  readonly train: TrainingData;
  readonly validation?: TrainingData | null;
  /** Where checkpoints are written; without it there are none. */
  readonly checkpoints?: GivenTarget | null;
  /** Goes on exactly where this checkpoint was written; the caller closes it. */
  readonly resumeFrom?: OpenCheckpoint | null;
  /**
   * Whether the settings are others than those that the checkpoint was written with: a new training from where it stood.
   * What rules remember is taken over where they watch the same series; what the optimizer did not keep begins anew.
   */
  readonly changed?: boolean;
  /** Asked before each call; when it says so, a checkpoint is written, and the training ends. */
  readonly shouldStop?: () => boolean;
  /** Resolves when whoever listens can take more; awaited before each call. */
  readonly waitUntilReady?: () => Promise<void>;
}

const OPTIONS: Readonly<Record<keyof FitOptions, string>> = {
  train: 'the data',
  validation: 'data',
  checkpoints: '{ folder }',
  resumeFrom: 'what openCheckpoint(folder) gives',
  changed: 'true or false',
  shouldStop: 'a function',
  waitUntilReady: 'a function',
  onStart: 'a function',
  onStatisticsRate: 'a function',
  onStep: 'a function',
  onEpoch: 'a function',
  onCheckpoint: 'a function',
};

/** Throws VALIDATION_FAILED for what a script without types may give: options that there are not, and of another kind. */
export function checkOptions(options: Partial<Record<keyof FitOptions, unknown>>): void {
  const isOf = (name: string, value: unknown): boolean => {
    const wanted = OPTIONS[name as keyof FitOptions];
    if (value === undefined || value === null) return name !== 'train';
    if (wanted === 'a function') return typeof value === 'function';
    return wanted === 'true or false' ? typeof value === 'boolean' : typeof value === 'object';
  };
  const wrong = Object.entries({ train: undefined, ...options }).find(
    ([name, value]) => !Object.hasOwn(OPTIONS, name) || !isOf(name, value),
  );
  if (!wrong) return;
  const [name] = wrong;
  const wanted = OPTIONS[name as keyof FitOptions] as string | undefined;
  const detail = wanted
    ? `The option "${name}" of fit takes ${wanted}.`
    : `fit has no option "${name}". It has ${Object.keys(OPTIONS).join(', ')}.`;
  throw new GradstreamError('VALIDATION_FAILED', detail);
}

/** Throws VALIDATION_FAILED for a rule that watches what nobody measures. */
export function checkMonitors({ settings, network, outputs }: Training, validates: boolean): void {
  const measured = Object.keys(seriesOf(metricsOf(network, outputs).results()));
  const series = validates ? [...measured, ...measured.map(validationName)] : measured;
  const errors = unknownMonitors(settings, (name) => series.includes(name)).map(({ rule, monitor }) => ({
    pointer: toPointer([rule, 'monitor']),
    code: 'unknownSeries',
    message: `"${monitor}" is not measured`,
    hint: `Known are ${series.join(', ')}${validates ? '' : '; give validation data for those that begin with "val"'}`,
  }));
  const [first] = errors;
  if (!first) return;
  const detail = `What ${first.pointer.split('/')[1] ?? ''} watches, ${first.message}. ${first.hint}.`;
  throw new GradstreamError('VALIDATION_FAILED', detail, { errors });
}
