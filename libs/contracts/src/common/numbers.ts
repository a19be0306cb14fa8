// NaN and the infinities are values here; JSON has no numbers for them, so they travel as strings.

import { z } from 'zod';

/** A number as JSON carries it. */
export const wireNumberSchema = z
  .union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
  .meta({ id: 'Number', description: 'A number; NaN and the infinities are strings' });
export type WireNumber = z.infer<typeof wireNumberSchema>;

/** Numbers by the name of their series. */
export const wireMetricsSchema = z.record(z.string(), wireNumberSchema);

/** A number to its JSON form. */
export function toWireNumber(value: number): WireNumber {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** The number that a JSON form stands for. */
export function fromWireNumber(value: WireNumber): number {
  return Number(value);
}

/** Metrics to their JSON form. */
export const toWireMetrics = (metrics: Readonly<Record<string, number>>): Record<string, WireNumber> =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, toWireNumber(value)] as const));

/** The metrics that a JSON form stands for. */
export const fromWireMetrics = (metrics: Readonly<Record<string, WireNumber>>): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, fromWireNumber(value)] as const));
