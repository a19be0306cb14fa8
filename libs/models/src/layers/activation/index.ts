import { register } from '../register.js';
import { activation } from './activation.js';

export const activationLayers = { Activation: register(activation) };
