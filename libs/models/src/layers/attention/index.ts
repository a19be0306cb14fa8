import { register } from '../register.js';
import { additiveAttention } from './additiveAttention.js';
import { attention } from './attention.js';
import { groupQueryAttention } from './groupQueryAttention.js';
import { multiHeadAttention } from './multiHeadAttention.js';

const grouped = register(groupQueryAttention);

export const attentionLayers = {
  AdditiveAttention: register(additiveAttention),
  Attention: register(attention),
  GroupQueryAttention: grouped,
  /** The name of Keras's class; models have the one above. */
  GroupedQueryAttention: grouped,
  MultiHeadAttention: register(multiHeadAttention),
};
