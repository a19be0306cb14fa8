// A run as a person reads it.

import {
  directionOf,
  isFinal,
  SYSTEM_SERIES,
  type Checkpoint,
  type Run,
  type RunSummary,
  type RunTableRow,
} from '@gradstream/sdk';
import { formatBytes, formatDuration, formatNumber, formatTime } from './format.js';
import { CALL, problemLine } from './output.js';
import { chosenSettings } from './runSettings.js';
import { secondsOf } from './runTable.js';
import { cut, tableLines } from './table.js';

/** Series that are shown; a model may have thousands. */
const MOST_SERIES = 20;

/** All that a summary is made of. */
export interface RunFacts {
  readonly run: Run;
  readonly row: Pick<RunTableRow, 'dataset' | 'model' | 'summary'>;
  /** Why it is in its state, as the service words it; null where that is not known. */
  readonly cause: string | null;
  /** Its latest checkpoint, and how many there are. */
  readonly latest: Checkpoint | null;
  readonly checkpointCount: number;
  /** Seconds that it has to go; null where they are not known. */
  readonly secondsLeft: number | null;
  /** The address of the server. */
  readonly url: string;
  /** In ms since 1970. */
  readonly now: number;
}

function stateLines({ run, cause }: RunFacts): string[] {
  const { state, failure, cancelRequested, pauseRequested } = run;
  const asked = cancelRequested ? ', to be cancelled' : pauseRequested ? ', to be paused' : '';
  const line = `state       ${state}${isFinal(state) ? '' : asked}`;
  if (!failure) return [cause === null ? line : `${line}: ${cause}`];
  return [`${line}: ${failure.code}: ${failure.message}`, ...failure.errors.map(problemLine)];
}

function progressLine({ run, secondsLeft, now }: RunFacts): string {
  const { step, totalSteps, epoch, attempt } = run;
  const share = totalSteps ? ` of ${totalSteps} (${Math.floor((100 * step) / totalSteps)} %)` : '';
  const seconds = secondsOf(run, now);
  return [
    `progress    step ${step}${share}, epoch ${epoch}`,
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(seconds === null ? [] : [formatDuration(seconds)]),
    ...(secondsLeft === null ? [] : [`about ${formatDuration(secondsLeft)} left`]),
  ].join(', ');
}

function factLines({ run, row }: RunFacts): string[] {
  const { spec, tags, notes, createdAt, datasetDeletedAt } = run;
  const [firstNote = '', ...moreNotes] = notes.split('\n');
  const dataset =
    datasetDeletedAt === null ? (row.dataset?.name ?? '') : `(deleted ${formatTime(datasetDeletedAt)})`;
  return [
    `model       ${[spec.model.id, row.model.name].filter(Boolean).join('  ')}`,
    `dataset     ${spec.dataset}  ${dataset}`,
    `created     ${formatTime(createdAt)}`,
    ...(spec.origin ? [`forked      at step ${spec.origin.step} of ${spec.origin.run}`] : []),
    ...(tags.length > 0 ? [`tags        ${tags.join(', ')}`] : []),
    ...(notes === '' ? [] : [`notes       ${firstNote}`, ...moreNotes.map((line) => `            ${line}`)]),
  ];
}

function settingLines({ run }: RunFacts): string[] {
  const chosen = [...chosenSettings(run.spec)];
  const rows = chosen.map(([path, value]) => [
    `  ${path}`,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return ['settings other than the defaults:', ...tableLines([], rows)];
}

/** Losses and metrics before others, those of the machine left out. */
function metricLines(summary: RunSummary): string[] {
  const told = Object.entries(summary).filter(([name]) => !SYSTEM_SERIES.includes(name));
  if (told.length === 0) return [];
  const sorted = told.toSorted(
    ([a], [b]) => Number(directionOf(a) === null) - Number(directionOf(b) === null),
  );
  const rows = sorted.slice(0, MOST_SERIES).map(([name, { min, minStep, max, maxStep, last }]) => {
    const direction = directionOf(name);
    const [best, step] =
      direction === 'min' ? [min, minStep] : direction === 'max' ? [max, maxStep] : [null, null];
    return [`  ${name}`, formatNumber(last), formatNumber(best), formatNumber(step)];
  });
  const more = sorted.length > MOST_SERIES ? [`  … and ${sorted.length - MOST_SERIES} more: --json`] : [];
  return [...tableLines(['metrics:', 'last', 'best', 'at step'], rows), ...more];
}

function checkpointLine({ run, latest, checkpointCount }: RunFacts): string {
  if (!latest) return 'checkpoints none yet';
  const { id, step, bytes, createdAt } = latest;
  const what = `step ${step}, ${formatTime(createdAt)}, ${formatBytes(bytes)}`;
  const download = `${CALL} runs download ${run.id}`;
  return `checkpoints ${checkpointCount}, the latest ${id} (${what}): ${download}`;
}

/** What is known of a run, in lines of at most so many columns; 0: as long as they are. Links are not cut. */
export function runLines(facts: RunFacts, columns = 0): string[] {
  const { run, row, url } = facts;
  const lines = [
    `${run.id}  ${run.name}`,
    ...[...stateLines(facts), progressLine(facts), ...factLines(facts)],
    ...[...settingLines(facts), ...metricLines(row.summary)],
  ];
  return [
    ...(columns > 0 ? lines.map((line) => cut(line, columns)) : lines),
    checkpointLine(facts),
    `dashboard   ${url}/runs/${run.id}`,
    ...(isFinal(run.state) ? [] : [`follow      ${CALL} runs follow ${run.id}`]),
  ];
}
