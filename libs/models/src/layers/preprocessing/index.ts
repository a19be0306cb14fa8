import { register } from '../register.js';
import { normalization } from './normalization.js';
import { rescaling } from './rescaling.js';

export const preprocessingLayers = {
  Rescaling: register(rescaling),
  Normalization: register(normalization),
};
