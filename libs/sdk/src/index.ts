export {
  bestMetric,
  createRunSchema,
  datasetEndings,
  datasetFormatOf,
  datasetFormats,
  didYouMean,
  directionOf,
  featureTypes,
  fromWireNumber,
  GradstreamError,
  histogramExponent,
  isFinal,
  MAX_PREDICTION_BYTES,
  MAX_PREDICTION_ROWS,
  runStates,
  STEP_SERIES,
  SYSTEM_SERIES,
  validationName,
} from '@gradstream/contracts';
export type * from '@gradstream/contracts';
export { Gradstream } from './client.js';
export type { EventOptions, FollowOptions, GradientOptions } from './follow.js';
export type { ClientOptions } from './http.js';
export type { NewApiKey } from './resources/keys.js';
export type { PredictionInput } from './resources/checkpoints.js';
export type { NewDataset, UploadOptions } from './resources/datasets.js';
export type { FileSource, UploadProgress } from './resources/uploads.js';
export type { NewModel } from './resources/models.js';
export type {
  HistoryOptions,
  NewRun,
  RunsResource,
  RunTableOptions,
  StepsOptions,
  TaggedRun,
  UpdateOptions,
} from './resources/runs.js';
