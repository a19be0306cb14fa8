import { register } from '../register.js';
import { flatten } from './flatten.js';
import { permute } from './permute.js';
import { repeatVector } from './repeatVector.js';
import { reshape } from './reshape.js';

export const reshapingLayers = {
  Flatten: register(flatten),
  Permute: register(permute),
  RepeatVector: register(repeatVector),
  Reshape: register(reshape),
};
