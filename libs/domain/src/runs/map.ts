import {
  runFailureSchema,
  runSpecSchema,
  runStateSchema,
  toWireNumber,
  type MetricPoint,
  type Run,
  type StoredRunEvent,
  type WireNumber,
  runEventSchema,
} from '@gradstream/contracts';
import type { FrameRow, RunRow } from '@gradstream/data';

/** Names and values side by side, as an object that JSON can hold. */
export function toWireRecord(
  names: readonly string[],
  values: readonly number[],
): Record<string, WireNumber> {
  return Object.fromEntries(names.map((name, index) => [name, toWireNumber(values[index] ?? Number.NaN)]));
}

/** A run as clients see it. */
export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    name: row.name,
    notes: row.notes,
    tags: row.tags,
    state: runStateSchema.parse(row.state),
    cancelRequested: row.cancel_requested,
    pauseRequested: row.pause_requested,
    attempt: row.attempt,
    step: row.step,
    totalSteps: row.total_steps,
    engineVersion: row.engine_version,
    epoch: row.epoch,
    metrics: toWireRecord(row.metric_names, row.metric_values),
    failure: runFailureSchema.nullable().parse(row.failure),
    spec: runSpecSchema.parse(row.spec),
    datasetDeletedAt: row.dataset_deleted_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

/** A frame as a point; only the series that are asked for. */
export function toPoint(row: FrameRow, wanted: ReadonlySet<string> | null): MetricPoint {
  const all = Object.entries(toWireRecord(row.series, row.values));
  return {
    seq: row.seq,
    attempt: row.attempt,
    step: row.step,
    epoch: row.epoch,
    time: row.time.toISOString(),
    values: Object.fromEntries(wanted ? all.filter(([name]) => wanted.has(name)) : all),
  };
}

/** A frame as an event. */
export function toStoredEvent(row: FrameRow): StoredRunEvent {
  return {
    seq: row.seq,
    attempt: row.attempt,
    step: row.step,
    time: row.time.toISOString(),
    event: runEventSchema.parse(row.event),
  };
}
