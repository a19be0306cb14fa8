/** How a step runs: op by op, as one function, or as one function that XLA compiled. */
export type Executor = 'eager' | 'captured' | 'xla';

/** The forms of a captured step: ops may choose other kernels for what XLA compiles. */
export type Form = Exclude<Executor, 'eager'>;
