import { register } from '../register.js';
import { centerCrop, randomCrop } from './crop.js';
import { normalization } from './normalization.js';
import { randomBrightness, randomContrast } from './randomColor.js';
import { randomFlip } from './randomFlip.js';
import { randomRotation, randomTranslation, randomZoom } from './randomTransform.js';
import { rescaling } from './rescaling.js';
import { resizing } from './resizing.js';

export const preprocessingLayers = {
  Rescaling: register(rescaling),
  Normalization: register(normalization),
  Resizing: register(resizing),
  CenterCrop: register(centerCrop),
  RandomFlip: register(randomFlip),
  RandomRotation: register(randomRotation),
  RandomTranslation: register(randomTranslation),
  RandomZoom: register(randomZoom),
  RandomCrop: register(randomCrop),
  RandomContrast: register(randomContrast),
  RandomBrightness: register(randomBrightness),
};
