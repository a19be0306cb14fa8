// A run's gradients as heat maps.

import { histogramExponent } from '@gradstream/sdk';
import type { HeatData } from '../../../charts/heat.js';
import type { GradientFeed } from '../../../live/GradientFeed.js';

/** Norms of layers by step; the first layer of the network is the topmost row. */
export function normData(feed: GradientFeed, layers: readonly string[]): HeatData {
  const columns = feed.normColumns();
  const rows = layers.toReversed();
  return {
    columns: columns.map(({ step }) => step),
    rows,
    values: columns.map(({ norms }) => rows.map((name) => norms.get(name) ?? null)),
    unit: 'norm',
  };
}

/** The histograms of a layer by step: how many gradients have which size. Only the bins that are not empty at all steps. */
export function histogramData(feed: GradientFeed, layer: string): HeatData {
  const columns = feed.histogramColumns().flatMap(({ step, histograms }) => {
    const counts = histograms.get(layer);
    return counts ? [{ step, counts }] : [];
  });
  const used = columns.flatMap(({ counts }) => counts.flatMap((count, bin) => (count > 0 ? [bin] : [])));
  const low = used.reduce((least, bin) => Math.min(least, bin), Infinity);
  const high = used.reduce((most, bin) => Math.max(most, bin), -1);
  const bins = low > high ? [] : Array.from({ length: high - low + 1 }, (_, at) => low + at);
  return {
    columns: columns.map(({ step }) => step),
    rows: bins.map((bin) => (bin === 0 ? 'smaller' : `2^${histogramExponent(bin)}`)),
    values: columns.map(({ counts }) =>
      bins.map((bin) => (counts[bin] === 0 ? null : (counts[bin] ?? null))),
    ),
    unit: 'gradients of this size:',
  };
}
