import { register } from '../register.js';
import { globalPooling } from './globalPooling.js';
import { pooling } from './pooling.js';

export const poolingLayers = {
  MaxPooling1D: register(pooling('max', 1)),
  MaxPooling2D: register(pooling('max', 2)),
  MaxPooling3D: register(pooling('max', 3)),
  AveragePooling1D: register(pooling('average', 1)),
  AveragePooling2D: register(pooling('average', 2)),
  AveragePooling3D: register(pooling('average', 3)),
  GlobalMaxPooling1D: register(globalPooling('max', 1)),
  GlobalMaxPooling2D: register(globalPooling('max', 2)),
  GlobalMaxPooling3D: register(globalPooling('max', 3)),
  GlobalAveragePooling1D: register(globalPooling('average', 1)),
  GlobalAveragePooling2D: register(globalPooling('average', 2)),
  GlobalAveragePooling3D: register(globalPooling('average', 3)),
};
