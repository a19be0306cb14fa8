export { parseModel, type ParsedModel } from './formats/keras3.js';
export { summarize, type ModelGraph, type ModelSummary } from './graph/graph.js';
export { checkLossAndTask, outputActivation, type LossAndTask } from './graph/outputCheck.js';
export type { Activation, Initializer, Layer, Parameter, Shape } from './layers/layer.js';
