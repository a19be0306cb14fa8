export { GradstreamError } from '@gradstream/contracts';
export type * from '@gradstream/contracts';
export { Gradstream } from './client.js';
export type { FollowOptions } from './follow.js';
export type { ClientOptions } from './http.js';
export type { NewApiKey } from './resources/keys.js';
export type { NewDataset } from './resources/datasets.js';
export type { NewModel } from './resources/models.js';
export type { HistoryOptions, NewRun } from './resources/runs.js';
