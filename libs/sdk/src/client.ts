import { Http, type ClientOptions } from './http.js';
import { CheckpointsResource } from './resources/checkpoints.js';
import { DatasetsResource } from './resources/datasets.js';
import { KeysResource } from './resources/keys.js';
import { ModelsResource } from './resources/models.js';
import { ProjectsResource } from './resources/projects.js';
import { RunsResource } from './resources/runs.js';
import { SchemasResource } from './resources/schemas.js';

/** A typed client of one Gradstream server, for Node.js and browsers. Failures are GradstreamErrors. */
export class Gradstream {
  readonly keys: KeysResource;
  readonly projects: ProjectsResource;
  readonly datasets: DatasetsResource;
  readonly models: ModelsResource;
  readonly runs: RunsResource;
  readonly checkpoints: CheckpointsResource;
  readonly schemas: SchemasResource;

  constructor(options: ClientOptions) {
    const http = new Http(options);
    this.keys = new KeysResource(http);
    this.projects = new ProjectsResource(http);
    this.datasets = new DatasetsResource(http);
    this.models = new ModelsResource(http);
    this.runs = new RunsResource(http);
    this.checkpoints = new CheckpointsResource(http);
    this.schemas = new SchemasResource(http);
  }
}
