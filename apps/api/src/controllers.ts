import { ApiKeysController } from './rest/apiKeys.controller.js';
import { CheckpointsController } from './rest/checkpoints.controller.js';
import { DatasetsController } from './rest/datasets.controller.js';
import { HistoryController } from './rest/history.controller.js';
import { ModelsController } from './rest/models.controller.js';
import { ProjectsController } from './rest/projects.controller.js';
import { RunControlsController } from './rest/runControls.controller.js';
import { RunTableController } from './rest/runTable.controller.js';
import { RunsController } from './rest/runs.controller.js';
import { SchemasController } from './rest/schemas.controller.js';
import { StreamsController } from './rest/streams.controller.js';

/** The controllers of /v1, in the order of the documentation. */
export const controllers = [
  ProjectsController,
  ApiKeysController,
  DatasetsController,
  ModelsController,
  RunTableController,
  RunsController,
  RunControlsController,
  HistoryController,
  CheckpointsController,
  StreamsController,
  SchemasController,
];
