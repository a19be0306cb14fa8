export const EXECUTORS = ['eager', 'captured', 'xla'] as const;

/** How a step runs: op by op, as one function, or as one function that XLA compiled. */
export type Executor = (typeof EXECUTORS)[number];

/** The forms of a captured step: ops may choose other kernels for what XLA compiles. */
export type Form = Exclude<Executor, 'eager'>;
