import { register } from '../register.js';
import { conv2d } from './conv2d.js';

export const convolutionLayers = { Conv2D: register(conv2d) };
