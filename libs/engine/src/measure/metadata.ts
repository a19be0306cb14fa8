// Reads TensorFlow's RunMetadata of a traced run. Field numbers are those of config.proto and step_stats.proto.

import { bytesOf, numberOf, readFields, textOf, type Field } from '../native/protobuf.js';

/** One run of one op. */
export interface NodeRun {
  /** Name of the node in the graph that TensorFlow ran, after its rewrites. */
  readonly name: string;
  /** TensorFlow's op, such as `MatMul`. */
  readonly op: string;
  /** Start of the kernel, in microseconds since 1970. */
  readonly startMicros: number;
  /** Time in the kernel, in nanoseconds. */
  readonly nanos: number;
  /** Changes of the memory that this run allocated: when, and by how many bytes. */
  readonly allocations: readonly { readonly micros: number; readonly bytes: number }[];
}

/** Every op that a traced run ran, in order of start. */
export function nodeRuns(metadata: Uint8Array): NodeRun[] {
  const [stepStats = new Uint8Array()] = bytesOf(readFields(metadata), 1);
  const runs = bytesOf(readFields(stepStats), 1).flatMap((device) =>
    bytesOf(readFields(device), 2).map((node) => nodeRun(readFields(node))),
  );
  return runs.sort((a, b) => a.startMicros - b.startMicros);
}

function nodeRun(fields: readonly Field[]): NodeRun {
  const name = textOf(fields, 1);
  const label = textOf(fields, 8); // "[allocators] name = Op(inputs)"
  const op = /= ([A-Za-z_]\w*)\(/.exec(label)?.[1] ?? name;
  const allocations = bytesOf(fields, 6)
    .flatMap((allocator) => bytesOf(readFields(allocator), 6))
    .map((record) => {
      const entries = readFields(record);
      return { micros: numberOf(entries, 1), bytes: numberOf(entries, 2) };
    });
  const nanos = numberOf(fields, 15) - numberOf(fields, 14); // op_end_rel_nanos, op_start_rel_nanos
  return { name, op, startMicros: numberOf(fields, 2), nanos: Math.max(0, nanos), allocations };
}

/**
 * The most memory that tensors which a run allocated held at a time, in bytes. What lived before, such as variables and
 * inputs, is not part of it. Allocations of the same microsecond count before releases.
 */
export function peakBytes(runs: readonly NodeRun[]): number {
  const changes = runs.flatMap(({ allocations }) => allocations);
  changes.sort((a, b) => a.micros - b.micros || b.bytes - a.bytes);
  let live = 0;
  let peak = 0;
  for (const { bytes } of changes) {
    live += bytes;
    peak = Math.max(peak, live);
  }
  return peak;
}
