export { applyScaling, fitScaling, type Scaling } from './preprocessing/scale.js';
export { columnRange } from './readers/columns.js';
export { inspectCsv, type Inspection, type InspectOptions } from './readers/inspect.js';
export { previewCsv } from './readers/preview.js';
export { loadTable, type Table, type TableColumns } from './readers/table.js';
export { permutation, splitmix64, streamKey } from './splits/random.js';
export { splitIndices, splitSizes, type Split } from './splits/split.js';
