import { register } from '../register.js';
import { bidirectional } from './bidirectional.js';
import { timeDistributed } from './timeDistributed.js';

export const wrapperLayers = {
  Bidirectional: register(bidirectional),
  TimeDistributed: register(timeDistributed),
};
