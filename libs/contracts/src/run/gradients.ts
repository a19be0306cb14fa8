// What is told of the gradients of layers: as series `<layer>/<statistic>` where it is stored, and layer by layer.

import { z } from 'zod';
import { wireNumberSchema, type WireNumber } from '../common/numbers.js';
import { batchShape, placeShape } from './points.js';

/** Bins of a histogram of absolute values, by powers of 2; bin 0 has what is smaller than the others. Zeros are in none. */
const HISTOGRAM_BINS = 64;

/** Where a bin from 1 on begins: 2 to the power of this. */
export const histogramExponent = (bin: number): number => bin - 47;

export const layerGradientSchema = z
  .object({
    layer: z.string(),
    norm: wireNumberSchema.nullable().describe('L2 norm before clipping'),
    mean: wireNumberSchema.nullable(),
    std: wireNumberSchema.nullable(),
    zeroFraction: wireNumberSchema.nullable().describe('Share of elements that are exactly 0'),
    nonFinite: wireNumberSchema.nullable().describe('How many elements are NaN or infinite'),
    updateRatio: wireNumberSchema.nullable().describe('Norm of the update over the norm of the weights'),
    histogram: z
      .array(z.number())
      .nullable()
      .describe('64 counts of absolute values by powers of 2: bin i ≥ 1 begins at 2^(i − 47)'),
  })
  .meta({ id: 'LayerGradient', description: 'What was not measured at a step is null' });
export type LayerGradient = z.infer<typeof layerGradientSchema>;

export const gradientPointSchema = z
  .object({ ...placeShape, layers: z.array(layerGradientSchema) })
  .meta({ id: 'GradientPoint' });
export type GradientPoint = z.infer<typeof gradientPointSchema>;

export const gradientBatchSchema = z.object(batchShape(gradientPointSchema)).meta({ id: 'GradientBatch' });
export type GradientBatch = z.infer<typeof gradientBatchSchema>;

const SCALARS = ['norm', 'mean', 'std', 'zeroFraction', 'nonFinite', 'updateRatio'] as const;
const SERIES = /^(?<layer>.+)\/(?:histogram\/(?<bin>\d+)|(?<scalar>[a-zA-Z]+))$/s;

const nothing = (layer: string): LayerGradient => ({
  ...{ layer, norm: null, mean: null, std: null, zeroFraction: null, nonFinite: null },
  ...{ updateRatio: null, histogram: null },
});

/** The layers of a step, from its stored series, in their order. A name that is no statistic is left out. */
export function toLayerGradients(values: Readonly<Record<string, WireNumber>>): LayerGradient[] {
  const layers = new Map<string, LayerGradient>();
  for (const [series, value] of Object.entries(values)) {
    const { layer = '', bin, scalar } = SERIES.exec(series)?.groups ?? {};
    const known = layers.get(layer) ?? nothing(layer);
    const name = SCALARS.find((each) => each === scalar);
    if (name !== undefined) layers.set(layer, { ...known, [name]: value });
    else if (bin !== undefined) {
      const histogram = known.histogram ?? Array.from({ length: HISTOGRAM_BINS }, () => 0);
      histogram[Number(bin)] = Number(value);
      layers.set(layer, { ...known, histogram });
    }
  }
  // Where all gradients of a layer are 0, no bin is told.
  return [...layers.values()].map((layer) =>
    layer.histogram === null && layer.zeroFraction !== null
      ? { ...layer, histogram: Array.from({ length: HISTOGRAM_BINS }, () => 0) }
      : layer,
  );
}
