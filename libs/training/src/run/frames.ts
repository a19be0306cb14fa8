// What the training loop tells, as the frames of a run.

import type { NewFrame } from '@gradstream/contracts';
import type { GroupNorms, GroupStatistics } from '@gradstream/engine';
import type { EpochEvent, StatisticsRateEvent, StepEvent } from '../fit/events.js';

/** The last names of each kind: frames with the same ones share them, so that a channel serializes them once. */
const lastNames: Record<'metrics' | 'gradients', readonly string[]> = { metrics: [], gradients: [] };

function sharedNames(kind: 'metrics' | 'gradients', names: readonly string[]): readonly string[] {
  const last = lastNames[kind];
  const areEqual = last.length === names.length && names.every((name, index) => name === last[index]);
  return areEqual ? last : (lastNames[kind] = names);
}

type Position = Pick<NewFrame, 'step' | 'epoch'>;

/** A frame of numbers. */
function frameOf(
  kind: 'metrics' | 'gradients',
  { step, epoch }: Position,
  values: Readonly<Record<string, number>>,
): NewFrame {
  const time = new Date().toISOString();
  const series = sharedNames(kind, Object.keys(values));
  return { kind, step, epoch, time, series, values: Object.values(values), event: null };
}

/** The numbers of a layer, by series. Of a histogram only the bins that have elements. */
function layerValues(layer: GroupNorms | GroupStatistics): [string, number][] {
  const { name, norm, updateRatio } = layer;
  const ratio: [string, number][] = updateRatio === null ? [] : [[`${name}/updateRatio`, updateRatio]];
  if (!('histogram' in layer)) return [[`${name}/norm`, norm], ...ratio];
  const { mean, std, zeroFraction, nonFinite, histogram } = layer;
  const spread: [string, number][] =
    mean === null || std === null
      ? []
      : [
          [`${name}/mean`, mean],
          [`${name}/std`, std],
        ];
  const bins = Array.from(histogram).flatMap((count, bin): [string, number][] =>
    count === 0 ? [] : [[`${name}/histogram/${bin}`, count]],
  );
  return [
    [`${name}/norm`, norm],
    ...spread,
    [`${name}/zeroFraction`, zeroFraction],
    [`${name}/nonFinite`, nonFinite],
    ...ratio,
    ...bins,
  ];
}

/** The frames of a step: what people plot, then what is known of the layers' gradients. */
export function stepFrames(event: StepEvent): NewFrame[] {
  const { metrics, learningRate, gradientNorm, clippedGradientNorm, lossScale, layers, milliseconds } = event;
  const values = {
    ...metrics,
    learningRate,
    ...(gradientNorm === null ? {} : { gradientNorm }),
    ...(clippedGradientNorm === null ? {} : { clippedGradientNorm }),
    ...(lossScale === null ? {} : { lossScale: lossScale.scale, skipped: Number(lossScale.skipped) }),
    stepMs: milliseconds,
  };
  const scalars = frameOf('metrics', event, values);
  if (layers.length === 0) return [scalars];
  return [scalars, frameOf('gradients', event, Object.fromEntries(layers.flatMap(layerValues)))];
}

/** The frame of an epoch's validation; null where there was none. */
export const epochFrame = ({
  validation,
  ...at
}: Pick<EpochEvent, 'step' | 'epoch' | 'validation'>): NewFrame | null =>
  Object.keys(validation).length === 0 ? null : frameOf('metrics', at, validation);

/** How often norms of layers are told from now on, and why. */
export function rateFrame({ every, cost, ...at }: StatisticsRateEvent, stepsPerCall: number): NewFrame {
  const calls =
    stepsPerCall === 1 ? `each ${every} steps` : `in one of ${every} calls of ${stepsPerCall} steps`;
  const rate = every === 1 ? 'at each step' : calls;
  const message = `The norms of the layers' gradients are told ${rate}: they cost ${(100 * Math.max(0, cost)).toFixed(1)} % of a step.`;
  return logFrame('info', message, at);
}

/** A line of the run's log; from before its first step where no position is given. */
export const logFrame = (
  level: 'info' | 'warn',
  message: string,
  { step, epoch }: Position = { step: 0, epoch: 0 },
): NewFrame => ({
  ...{ kind: 'event', step, epoch, time: new Date().toISOString(), series: [], values: [] },
  event: { type: 'log', level, message },
});
