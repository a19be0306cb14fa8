import type { WireNumber } from '@gradstream/contracts';

/** Values by name as a list, for GraphQL has no maps. */
export const toSeries = (values: Readonly<Record<string, WireNumber>>) =>
  Object.entries(values).map(([series, value]) => ({ series, value }));
