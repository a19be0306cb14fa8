export { initializerConfig, initializerProblem, initializerSchema, type Initializer } from './initializer.js';
export { initialValue } from './initialize.js';
