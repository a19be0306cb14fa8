export { regularizerConfig, regularizerProblem, regularizerSchema, type Regularizer } from './regularizer.js';
export { penalty } from './penalty.js';
