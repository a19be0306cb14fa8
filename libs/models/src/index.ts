export { activate, type Activation } from './activations/index.js';
export { toProblems, toWarnings, type Finding } from './checks/finding.js';
export { acceptsLogitsOf, isFromLogits, logitsOf, type FinalActivation } from './checks/logits.js';
export { takesClassIndexes, type LearningTask } from './checks/lossTraits.js';
export { checkOutput } from './checks/output.js';
export type { OutputCheck } from './checks/outputCase.js';
export { checkStructure } from './checks/structure.js';
export { constrain, type Constraint } from './constraints/index.js';
export {
  describeModel,
  type LayerDescription,
  type ModelDescription,
  type ParameterCounts,
} from './estimates/describe.js';
export { estimateMemory, type MemoryEstimate, type MemorySettings } from './estimates/memory.js';
export { segmentsOf, type Checkpointing, type Segment } from './estimates/segments.js';
export { checkGradients, expressionConfig, readExpression, type GradientCheck } from './expressions/index.js';
export { toKeras3, type Keras3Model } from './formats/export/toKeras3.js';
export { toTfjs, type TfjsTopology } from './formats/export/toTfjs.js';
export { toTfjsModel, type TfjsModel } from './formats/export/toTfjsModel.js';
export { parseModel } from './formats/parse.js';
export { storedModel } from './formats/stored.js';
export { estimatedLayers } from './graph/gradientFlow.js';
export type { BuiltModel } from './graph/build.js';
export {
  producerOf,
  type DataType,
  type GraphNode,
  type Layer,
  type ModelGraph,
  type ModelInput,
  type ModelOutput,
} from './graph/graph.js';
export { indexesTaken } from './graph/indexesTaken.js';
export { DEFAULT_LIMITS, type ModelLimits } from './graph/limits.js';
export { outputActivation } from './graph/outputActivation.js';
export { summarize, type ModelSummary } from './graph/summary.js';
export { initialValue, type Initializer } from './initializers/index.js';
export { createContext, SEEDS_PER_CALL } from './layers/context.js';
export { outputMasks, sizeOf, type Shape, type WeightRole, type WeightSpec } from './layers/layer.js';
export {
  hostValues,
  tensorBytes,
  tensorSource,
  type Dtype,
  type StoredTensor,
  type TensorInfo,
  type TensorSource,
} from './safetensors/dtypes.js';
export {
  encodeHeader,
  headerBytes,
  inFileOrder,
  isTensorName,
  parseHeader,
  PREFIX_BYTES,
  type Header,
  type TensorEntry,
} from './safetensors/header.js';
export { invalidCheckpoint, quoted } from './safetensors/invalid.js';
export { parseJson } from './safetensors/json.js';
export type { JsonSchema } from './objects/jsonSchema.js';
export { modelJsonSchema } from './schema/model.js';
export { penalty, type Regularizer } from './regularizers/index.js';
