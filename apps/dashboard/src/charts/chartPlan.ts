// Which series share a chart, and in which order charts come.

import { SYSTEM_SERIES, validationName } from '@gradstream/sdk';

export interface PlannedChart {
  readonly id: string;
  readonly title: string;
  /** Names of series, with how the legend calls them. */
  readonly series: readonly { readonly name: string; readonly label: string }[];
}

const NAMES: Readonly<Record<string, string>> = {
  loss: 'Loss',
  learningRate: 'Learning rate',
  gradientNorm: 'Gradient norm',
  lossScale: 'Loss scale',
  stepMs: 'Time of a step (ms)',
  samplesPerSecond: 'Samples per second',
  cpuCores: 'Processor cores in use',
  memoryBytes: 'Memory',
};

/** Series that are drawn beside another one. */
const BESIDE: Readonly<Record<string, readonly { readonly name: string; readonly label: string }[]>> = {
  gradientNorm: [{ name: 'clippedGradientNorm', label: 'after clipping' }],
  lossScale: [{ name: 'skipped', label: 'skipped' }],
  stepMs: [
    { name: 'gatherMs', label: 'gathering samples' },
    { name: 'waitMs', label: 'waiting for TensorFlow' },
    { name: 'outsideMs', label: 'outside of steps' },
  ],
};
const LABELS: Readonly<Record<string, string>> = {
  gradientNorm: 'before clipping',
  stepMs: 'whole step',
  loss: 'train',
};

const SYSTEM = new Set([...SYSTEM_SERIES, 'stepMs']);
const LAST = ['learningRate', 'gradientNorm', 'lossScale'];

/** The name of a series, for people. */
export const seriesTitle = (name: string): string =>
  NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1).replaceAll(/([a-z])([A-Z])/g, '$1 $2');

/** The chart of a series and of those beside it, as far as they are there. */
function chartOf(name: string, all: ReadonlySet<string>): PlannedChart {
  const validation = validationName(name);
  const beside = [...(BESIDE[name] ?? []), { name: validation, label: 'validation' }];
  const found = beside.filter((other) => all.has(other.name));
  const own = { name, label: found.length === 0 ? seriesTitle(name) : (LABELS[name] ?? 'train') };
  return { id: name, title: seriesTitle(name), series: all.has(name) ? [own, ...found] : found };
}

/** Charts of metrics, and of the system: loss first, metrics by name, then what steers the training. */
export function planCharts(names: readonly string[]): { metrics: PlannedChart[]; system: PlannedChart[] } {
  const all = new Set(names);
  const ofAnother = new Set([
    ...Object.values(BESIDE).flatMap((list) => list.map(({ name }) => name)),
    ...names.map(validationName),
  ]);
  const heads = names.filter((name) => !ofAnother.has(name));
  const rank = (name: string): number =>
    name === 'loss' ? 0 : LAST.includes(name) ? 2 + LAST.indexOf(name) : 1;
  const metrics = heads
    .filter((name) => !SYSTEM.has(name))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const system = ['samplesPerSecond', 'stepMs', 'cpuCores', 'memoryBytes'].filter((name) => all.has(name));
  return {
    metrics: metrics.map((name) => chartOf(name, all)),
    system: system.map((name) => chartOf(name, all)),
  };
}
