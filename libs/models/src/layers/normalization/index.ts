import { register } from '../register.js';
import { batchNormalization } from './batchNormalization.js';
import { groupNormalization } from './groupNormalization.js';
import { layerNormalization } from './layerNormalization.js';
import { rmsNormalization } from './rmsNormalization.js';
import { unitNormalization } from './unitNormalization.js';

export const normalizationLayers = {
  BatchNormalization: register(batchNormalization),
  GroupNormalization: register(groupNormalization),
  LayerNormalization: register(layerNormalization),
  RMSNormalization: register(rmsNormalization),
  UnitNormalization: register(unitNormalization),
};
