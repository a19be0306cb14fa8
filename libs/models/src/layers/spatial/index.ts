import { register } from '../register.js';
import { cropping } from './cropping.js';
import { upSampling } from './upSampling.js';
import { zeroPadding } from './zeroPadding.js';

export const spatialLayers = {
  Cropping1D: register(cropping(1)),
  Cropping2D: register(cropping(2)),
  Cropping3D: register(cropping(3)),
  ZeroPadding1D: register(zeroPadding(1)),
  ZeroPadding2D: register(zeroPadding(2)),
  ZeroPadding3D: register(zeroPadding(3)),
  UpSampling1D: register(upSampling(1)),
  UpSampling2D: register(upSampling(2)),
  UpSampling3D: register(upSampling(3)),
};
