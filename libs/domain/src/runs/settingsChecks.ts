// What does not fit between the settings of a run themselves.

import {
  toPointer,
  unknownMonitors,
  validationName,
  type CreateRun,
  type MetricSettings,
  type ProblemItem,
} from '@gradstream/contracts';

/** Metrics that take class indexes or labels. */
const OF_CLASSES = new Set<MetricSettings['name']>([
  ...(['accuracy', 'binaryAccuracy', 'categoricalAccuracy', 'sparseCategoricalAccuracy'] as const),
  ...(['topKCategoricalAccuracy', 'sparseTopKCategoricalAccuracy', 'precision', 'recall', 'f1'] as const),
  ...(['confusionMatrix', 'rocAuc', 'prAuc', 'perplexity', 'binaryCrossentropy'] as const),
  ...(['categoricalCrossentropy', 'sparseCategoricalCrossentropy', 'categoricalHinge'] as const),
]);

function checkMetrics({ metrics, target }: CreateRun): ProblemItem[] {
  if (target.task !== 'regression') return [];
  return metrics.flatMap(({ name }, index) =>
    OF_CLASSES.has(name)
      ? [
          {
            pointer: toPointer(['metrics', index]),
            code: 'metricTask',
            message: `${name} is a metric of classification`,
            hint: 'Use one of numbers, such as "meanAbsoluteError" or "r2"',
          },
        ]
      : [],
  );
}

/** Whether a metric gives a number for each class or unit, as `name/index`. */
const isOfEach = (metric: MetricSettings): boolean =>
  ('average' in metric && metric.average === 'none') ||
  ('aggregation' in metric && metric.aggregation === 'none');

/** Series that a rule watches and the run does not measure. */
function checkMonitors(spec: CreateRun): ProblemItem[] {
  const both = (name: string): [string, string] => [name, validationName(name)];
  const namesOf = (metrics: readonly MetricSettings[]): string[] =>
    metrics.flatMap(({ name, label }) => both(label ?? name));
  const drawn = spec.metrics.filter(({ name }) => name !== 'confusionMatrix');
  const single = [...both('loss'), ...namesOf(drawn.filter((metric) => !isOfEach(metric)))];
  const each = new Set(namesOf(drawn.filter(isOfEach)));
  const isMeasured = (series: string): boolean =>
    single.includes(series) || (/\/\d+$/.test(series) && each.has(series.slice(0, series.lastIndexOf('/'))));
  const known = [...single, ...[...each].map((name) => `${name}/0`)];
  return unknownMonitors(spec, isMeasured).map(({ rule, monitor }) => ({
    pointer: toPointer([rule, 'monitor']),
    code: 'unknownSeries',
    message: `"${monitor}" is not measured`,
    hint: `Known are ${known.join(', ')}; name others among the metrics`,
  }));
}

function checkClassWeights({ classWeights, target }: CreateRun, classCount: number | null): ProblemItem[] {
  if (classWeights === null) return [];
  const problem = (message: string, hint: string): ProblemItem[] => [
    { pointer: '/classWeights', code: 'classWeights', message, hint },
  ];
  if (target.task === 'regression' || target.task === 'multilabel')
    return problem(`a ${target.task} has no classes of which a row has one`, 'Leave them out');
  if (classWeights === 'balanced' || classCount === null || classWeights.length === classCount) return [];
  return problem(
    `${classWeights.length} factors for ${classCount} classes`,
    'Give one for each class, in the order of their names, or "balanced"',
  );
}

/** All of it. `classCount` is null where it is not known. */
export const checkSettings = (spec: CreateRun, classCount: number | null): ProblemItem[] => [
  ...checkMetrics(spec),
  ...checkMonitors(spec),
  ...checkClassWeights(spec, classCount),
];
