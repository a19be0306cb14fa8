import { register } from '../register.js';
import { masking } from './masking.js';

export const maskingLayers = { Masking: register(masking) };
