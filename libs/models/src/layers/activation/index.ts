import { register } from '../register.js';
import { activation } from './activation.js';
import { prelu } from './prelu.js';
import { elu, leakyRelu, relu } from './relu.js';
import { softmax } from './softmax.js';

export const activationLayers = {
  Activation: register(activation),
  ReLU: register(relu),
  LeakyReLU: register(leakyRelu),
  PReLU: register(prelu),
  ELU: register(elu),
  Softmax: register(softmax),
};
