export { expressionConfig } from './definition.js';
export { buildExpression, readExpression, type Expression } from './expression.js';
export { checkGradients, gradientProblem, type GradientCheck } from './gradientCheck.js';
export { limits } from './limits.js';
export { ExpressionError, problemAt, type ExpressionProblem } from './problem.js';
export { callExpression } from './tensors/call.js';
