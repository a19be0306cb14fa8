import { register } from '../register.js';
import { dense } from './dense.js';

export const coreLayers = { Dense: register(dense) };
