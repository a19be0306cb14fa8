import type { MetricColumn } from './metricColumns.js';
import type { Sighting } from '../../live/pace.js';
import type { RowCommand } from './rowCommands.js';
import type { RunRow } from './runsApi.js';

/** What a row of the table is given, and a card. */
export interface RunRowProps {
  readonly run: RunRow;
  readonly index: number;
  readonly isSelected: boolean;
  /** Whether the keys are on it. */
  readonly isCurrent: boolean;
  /** From the list's top, in pixels. */
  readonly top: number;
  readonly metrics: readonly MetricColumn[];
  readonly sightings: readonly Sighting[];
  /** When the rows were looked at last, in ms since 1970. */
  readonly now: number;
  readonly canWrite: boolean;
  /** Selects, or takes that back; with Shift all from the one before to this one. */
  readonly onSelect: (id: string, isRange: boolean) => void;
  readonly onTag: (tag: string) => void;
  readonly onCommand: (command: RowCommand, run: RunRow) => void;
}

export const rowId = (runId: string): string => `row-${runId}`;
