import { register } from '../register.js';
import { dropout } from './dropout.js';

export const regularizationLayers = { Dropout: register(dropout) };
