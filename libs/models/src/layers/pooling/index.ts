import { register } from '../register.js';
import { maxPooling2d } from './maxPooling2d.js';

export const poolingLayers = { MaxPooling2D: register(maxPooling2d) };
