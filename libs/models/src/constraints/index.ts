export { constraintConfig, constraintProblem, constraintSchema, type Constraint } from './constraint.js';
export { constrain } from './constrain.js';
