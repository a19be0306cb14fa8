// The cluster that a process is part of, as TensorFlow wants to know it. Field numbers are those of
// tensorflow_server.proto and cluster.proto of TensorFlow 2.21.

import { EngineError } from '../errors.js';
import type { EagerContext } from '../native/eager.js';
import type { Native } from '../native/native.js';
import { bytesField, mapEntry, numberField } from '../native/protobuf.js';

const JOB = 'worker';

/** The workers that train together, and which of them this process is. */
export interface ClusterOptions {
  /**
   * `host:port` of every worker, in the same order in every process. TensorFlow listens on this port on all of the
   * machine's addresses, without authentication or encryption: only for networks that are trusted.
   */
  readonly addresses: readonly string[];
  /** The place of this process among them. */
  readonly taskIndex: number;
  /** How long a collective waits for the others, in seconds; 120 by default. The first one waits for their start. */
  readonly timeoutSeconds?: number;
}

/** TensorFlow's name of a worker. */
export const taskName = (index: number): string => `/job:${JOB}/replica:0/task:${index}`;

/** Who leads groups, for the context's configuration. */
export const GROUP_LEADER = taskName(0);

/** Throws INVALID_ARGUMENT when the options describe no cluster. */
export function checkCluster({ addresses, taskIndex, timeoutSeconds = 1 }: ClusterOptions): void {
  const wrong = (what: string): EngineError => new EngineError('INVALID_ARGUMENT', `collective: ${what}`);
  if (addresses.length === 0) throw wrong('addresses is empty: name every worker, this one included');
  for (const address of addresses) {
    const port = Number(/^[^\s:]+:(\d+)$/.exec(address)?.[1] ?? Number.NaN);
    if (!(port >= 1 && port <= 65535)) throw wrong(`"${address}" is no address: write host:port`);
  }
  if (new Set(addresses).size !== addresses.length) throw wrong('two workers have the same address');
  if (!Number.isInteger(taskIndex) || taskIndex < 0 || taskIndex >= addresses.length)
    throw wrong(`taskIndex is ${taskIndex}, and there are workers 0 to ${addresses.length - 1}`);
  if (!(timeoutSeconds > 0)) throw wrong(`timeoutSeconds is ${timeoutSeconds}: give a number above 0`);
}

/** An encoded ServerDef. */
export function encodeServerDef({ addresses, taskIndex }: ClusterOptions, config: Uint8Array): Buffer {
  const job = Buffer.concat([
    bytesField(1, JOB), // name
    ...addresses.map((address, index) => mapEntry(2, index, address)), // tasks
  ]);
  return Buffer.concat([
    bytesField(1, bytesField(1, job)), // cluster.job
    bytesField(2, JOB), // job_name
    numberField(3, taskIndex), // task_index
    bytesField(4, config), // default_session_config
    bytesField(5, 'grpc'), // protocol
  ]);
}

/**
 * Makes a context part of a cluster: its server listens from here on, and ends only with the process. Must be done
 * before the context holds anything, for its devices are made anew. Throws ADDRESS_IN_USE.
 */
export function joinCluster(
  { api, status }: Native,
  context: EagerContext,
  cluster: ClusterOptions,
  config: Uint8Array,
): void {
  const server = encodeServerDef(cluster, config);
  api.TFE_EnableCollectiveOps(context.pointer, server, server.length, status.pointer);
  try {
    status.check('collective');
  } catch (error) {
    if (!(error instanceof EngineError) || !/could not start grpc server/i.test(error.message)) throw error;
    const address = cluster.addresses[cluster.taskIndex] ?? '';
    const message = `the port of ${address} is in use or may not be used: choose another in the addresses of all workers (${error.message})`;
    throw new EngineError('ADDRESS_IN_USE', message);
  }
}
