// The caller's project.

import { projectSchema, type Project } from '@gradstream/contracts';
import { Database, ProjectRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { requireScope, type Principal } from '../common/principal.js';

@Injectable()
export class Projects {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectRepository,
  ) {}

  /** The project of a key, and how much is in it. */
  async current(principal: Principal): Promise<Project> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    const project = await this.database.asSystem(() => this.projects.find(projectId));
    if (!project) throw new Error('a key has a project');
    const counts = await this.database.asProject(projectId, () => this.projects.counts(projectId));
    return projectSchema.parse({ ...project, ...counts });
  }
}
