import { register } from '../register.js';
import { flatten } from './flatten.js';

export const reshapingLayers = { Flatten: register(flatten) };
