import type { FittedFeature, FittedTensor } from '@gradstream/contracts';
import { sizeOf } from '../shards/layout.js';

/** What a feature becomes by itself, one row of it. */
export function shapeOfFeature(feature: FittedFeature): Pick<FittedTensor, 'dtype' | 'shape'> {
  switch (feature.kind) {
    case 'numeric':
      return { dtype: 'float32', shape: [1] };
    case 'oneHot':
      return { dtype: 'float32', shape: [feature.categories.length] };
    case 'label':
      return { dtype: 'int32', shape: [1] };
    case 'tokens':
      return { dtype: 'int32', shape: [feature.maxLength] };
    case 'image':
      return { dtype: 'float32', shape: [feature.height, feature.width, feature.stored[2]] };
    case 'array':
      return { dtype: 'float32', shape: feature.shape };
  }
}

/** Numbers that a feature becomes. */
export const widthOf = (feature: FittedFeature): number => sizeOf(shapeOfFeature(feature).shape);
