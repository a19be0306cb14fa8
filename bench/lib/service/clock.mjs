/**
 * Milliseconds with fractions, by CLOCK_MONOTONIC: the same in all processes of a Linux machine, whatever corrects the time
 * of day meanwhile.
 */
export const now = () => Number(process.hrtime.bigint()) / 1e6;
