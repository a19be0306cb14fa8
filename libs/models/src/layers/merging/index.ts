import { register } from '../register.js';
import { concatenate } from './concatenate.js';
import { dot } from './dot.js';
import { add, average, maximum, minimum, multiply, subtract } from './merges.js';

export const mergingLayers = {
  Add: register(add),
  Average: register(average),
  Concatenate: register(concatenate),
  Dot: register(dot),
  Maximum: register(maximum),
  Minimum: register(minimum),
  Multiply: register(multiply),
  Subtract: register(subtract),
};
