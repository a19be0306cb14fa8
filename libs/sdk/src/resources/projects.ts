import { projectSchema, type Project } from '@gradstream/contracts';
import type { Http } from '../http.js';

/** The caller's project. */
export class ProjectsResource {
  constructor(private readonly http: Http) {}

  /** The project of the key that this client sends, and how much is in it. */
  async current(): Promise<Project> {
    return projectSchema.parse(await this.http.get('/v1/project'));
  }
}
