// Which checkpoint is the best one, by the series that the run's spec watches.

import { directionOf, fromWireNumber, type Checkpoint, type RunSpec } from '@gradstream/sdk';

type Watched = Pick<RunSpec['checkpoints'], 'monitor' | 'mode'>;
type Measured = Pick<Checkpoint, 'id' | 'step' | 'metrics'>;

/** The id of the best; of equals the earliest. Null where none has a finite value, or the series' name says no direction. */
export function bestOf(checkpoints: readonly Measured[], { monitor, mode }: Watched): string | null {
  const direction = mode === 'auto' ? directionOf(monitor) : mode;
  if (direction === null) return null;
  const sign = direction === 'max' ? -1 : 1;
  const ranked = checkpoints
    .map(({ id, step, metrics }) => ({ id, step, cost: sign * fromWireNumber(metrics[monitor] ?? 'NaN') }))
    .filter(({ cost }) => Number.isFinite(cost))
    .sort((a, b) => a.cost - b.cost || a.step - b.step);
  return ranked[0]?.id ?? null;
}

/** The series that a table of checkpoints has columns for: the watched one first, then a few that all have. */
export function columnsOf(checkpoints: readonly Measured[], monitor: string): string[] {
  const names = new Set(checkpoints.flatMap(({ metrics }) => Object.keys(metrics)));
  const wanted = [monitor, 'loss', 'valLoss', 'accuracy', 'valAccuracy'];
  const measured = [...names].filter((name) => !wanted.includes(name) && name.startsWith('val')).sort();
  return [...new Set([...wanted, ...measured])].filter((name) => names.has(name)).slice(0, 5);
}

/** A name for a file: of the run and the step, without what file systems do not take. */
export function fileNameOf(run: string, step: number, extension: string): string {
  const name = run
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return `${name || 'run'}-step-${step}.${extension}`;
}
