// Fits a plan on the training rows of a dataset.

import type {
  FeaturePlan,
  FittedFeature,
  FittedTensor,
  Preprocessing,
  PreprocessingPlan,
} from '@gradstream/contracts';
import type { ShardedDataset } from '../shards/reader.js';
import { fitFeature } from './fit-feature.js';
import { checkPlan } from './planChecks.js';
import { shapeOfFeature, widthOf } from './width.js';

function toTensor(features: FittedFeature[]): FittedTensor {
  const [first] = features;
  if (features.length === 1 && first !== undefined) return { ...shapeOfFeature(first), features };
  return { dtype: 'float32', shape: [features.reduce((sum, one) => sum + widthOf(one), 0)], features };
}

/** A target's single number or index has no axis; several of them are a vector. */
function toTarget(features: FittedFeature[]): FittedTensor {
  const { dtype, shape } = toTensor(features);
  const [first, ...more] = features;
  const single = more.length === 0 && (first?.kind === 'numeric' || first?.kind === 'label');
  return { dtype, shape: single ? [] : shape, features };
}

/**
 * Fits a plan: extremes, means, categories, vocabularies and what stands in for missing values are those of `rows`, the
 * training rows. Throws RUN_INVALID with a pointer to the feature that the dataset does not suit.
 */
export function fitPreprocessing(
  dataset: ShardedDataset,
  plan: PreprocessingPlan,
  rows: Uint32Array,
): Preprocessing {
  checkPlan(dataset.index.columns, plan);
  const inputs = plan.inputs.map(({ features }, input) => {
    const pointer = `/inputs/${input}`;
    const fitted = features.map((feature, index) =>
      fitFeature(feature, { dataset, rows, pointer: `${pointer}/features/${index}` }),
    );
    return toTensor(fitted);
  });
  const fitTarget = (features: readonly FeaturePlan[], pointer: string): FittedTensor =>
    toTarget(features.map((one) => fitFeature(one, { dataset, rows, pointer })));
  const targets = plan.targets.map((one, output) => fitTarget(one, `/targets/${output}`));
  return { version: 1, inputs, targets };
}
