// What does not fit between the settings of a run themselves.

import {
  outputsOf,
  targetsOf,
  toPointer,
  unknownMonitors,
  validationName,
  type ValidateRun,
  type MetricSettings,
  type ProblemItem,
  type RunOutput,
} from '@gradstream/contracts';

/** Metrics that take class indexes or labels. */
const OF_CLASSES = new Set<MetricSettings['name']>([
  ...(['accuracy', 'binaryAccuracy', 'categoricalAccuracy', 'sparseCategoricalAccuracy'] as const),
  ...(['topKCategoricalAccuracy', 'sparseTopKCategoricalAccuracy', 'precision', 'recall', 'f1'] as const),
  ...(['confusionMatrix', 'rocAuc', 'prAuc', 'perplexity', 'binaryCrossentropy'] as const),
  ...(['categoricalCrossentropy', 'sparseCategoricalCrossentropy', 'categoricalHinge'] as const),
]);

function checkMetrics({ metrics, target, at }: RunOutput): ProblemItem[] {
  if (target.task !== 'regression') return [];
  return metrics.flatMap(({ name }, index) =>
    OF_CLASSES.has(name)
      ? [
          {
            pointer: `${at.metrics}/${index}`,
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

interface Series {
  readonly name: string;
  /** Whether it is one of each class or unit, with its index behind the name. */
  readonly ofEach: boolean;
}

/**
 * The series of training and of validation, as the library names them: with several outputs, the output's name comes
 * first.
 */
function seriesOf(outputs: readonly RunOutput[]): Series[] {
  const own = outputs.flatMap(({ name, metrics }): Series[] => {
    const prefix = outputs.length > 1 && name !== null ? `${name}_` : '';
    const measured = metrics
      .filter((metric) => metric.name !== 'confusionMatrix')
      .map((metric) => ({ name: `${prefix}${metric.label ?? metric.name}`, ofEach: isOfEach(metric) }));
    return prefix === '' ? measured : [{ name: `${prefix}loss`, ofEach: false }, ...measured];
  });
  return [{ name: 'loss', ofEach: false }, ...own].flatMap((series) => [
    series,
    { ...series, name: validationName(series.name) },
  ]);
}

/** Outputs and metrics whose names make two series the same. */
function checkSeries(outputs: readonly RunOutput[]): ProblemItem[] {
  if (outputs.length < 2) return [];
  const all = seriesOf(outputs).map(({ name }) => name);
  const twice = all.find((name, index) => all.indexOf(name) !== index);
  if (twice === undefined) return [];
  const message = `two losses or metrics would be told as "${twice}"`;
  const hint = 'Give an output of the model another name, or a metric a label';
  return [{ pointer: '/metrics', code: 'sameSeries', message, hint }];
}

/** Series that a rule watches and the run does not measure. */
function checkMonitors(spec: ValidateRun, outputs: readonly RunOutput[]): ProblemItem[] {
  const series = seriesOf(outputs);
  const isMeasured = (watched: string): boolean =>
    series.some(({ name, ofEach }) =>
      ofEach
        ? watched.startsWith(`${name}/`) && /^\d+$/.test(watched.slice(name.length + 1))
        : watched === name,
    );
  const known = series.map(({ name, ofEach }) => (ofEach ? `${name}/0` : name));
  return unknownMonitors(spec, isMeasured).map(({ rule, monitor }) => ({
    pointer: toPointer([rule, 'monitor']),
    code: 'unknownSeries',
    message: `"${monitor}" is not measured`,
    hint: `Known are ${known.join(', ')}; name others among the metrics`,
  }));
}

function checkClassWeights(
  { classWeights, target, at }: RunOutput,
  classCount: number | null,
): ProblemItem[] {
  if (classWeights === null) return [];
  const problem = (message: string, hint: string): ProblemItem[] => [
    { pointer: at.classWeights, code: 'classWeights', message, hint },
  ];
  if (target.task === 'regression' || target.task === 'multilabel')
    return problem(`a ${target.task} has no classes of which a row has one`, 'Leave them out');
  if (classWeights === 'balanced' || classCount === null || classWeights.length === classCount) return [];
  return problem(
    `${classWeights.length} factors for ${classCount} classes`,
    'Give one for each class, in the order of their names, or "balanced"',
  );
}

/** All of it. `classCountOf` tells the classes of an output, null where they are not known. */
export function checkSettings(
  spec: ValidateRun,
  classCountOf: (output: string | null) => number | null,
): ProblemItem[] {
  const outputs = outputsOf(spec);
  // Without a loss for each target, what is measured is not known.
  const isComplete = outputs.length > 0 && outputs.length === targetsOf(spec).length;
  return [
    ...outputs.flatMap(checkMetrics),
    ...checkSeries(outputs),
    ...(isComplete ? checkMonitors(spec, outputs) : []),
    ...outputs.flatMap((output) => checkClassWeights(output, classCountOf(output.name))),
  ];
}
