import { register } from '../register.js';
import { convLstm2d } from './convLstm2d.js';
import { gru } from './gru.js';
import { lstm } from './lstm.js';
import { simpleRnn } from './simpleRnn.js';

export const recurrentLayers = {
  SimpleRNN: register(simpleRnn),
  LSTM: register(lstm),
  GRU: register(gru),
  ConvLSTM2D: register(convLstm2d),
};
