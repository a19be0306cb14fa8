import { register } from '../register.js';
import { dense } from './dense.js';
import { einsumDense } from './einsumDense.js';
import { embedding } from './embedding.js';
import { identity } from './identity.js';

export const coreLayers = {
  Dense: register(dense),
  EinsumDense: register(einsumDense),
  Embedding: register(embedding),
  Identity: register(identity),
};
