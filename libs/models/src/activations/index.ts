export {
  activationConfig,
  activations,
  activationSchema,
  activationShape,
  type Activation,
} from './activation.js';
export { activate } from './activate.js';
