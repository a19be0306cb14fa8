import type { Run } from '@gradstream/sdk';

/** How many steps an epoch has; null where the run does not say it: it ends by steps, or has not read its data yet. */
export const stepsPerEpoch = ({ totalSteps, spec }: Pick<Run, 'totalSteps' | 'spec'>): number | null =>
  totalSteps === null || spec.steps !== null ? null : totalSteps / spec.epochs;
