import { register } from '../register.js';
import { activityRegularization } from './activityRegularization.js';
import { dropout, spatialDropout } from './dropout.js';
import { alphaDropout, gaussianDropout, gaussianNoise } from './noise.js';

export const regularizationLayers = {
  Dropout: register(dropout),
  SpatialDropout1D: register(spatialDropout(1)),
  SpatialDropout2D: register(spatialDropout(2)),
  SpatialDropout3D: register(spatialDropout(3)),
  GaussianNoise: register(gaussianNoise),
  GaussianDropout: register(gaussianDropout),
  AlphaDropout: register(alphaDropout),
  ActivityRegularization: register(activityRegularization),
};
