import { projectSchema, type Project } from '@gradstream/contracts';
import { Projects, type Principal } from '@gradstream/domain';
import { Controller } from '@nestjs/common';
import { GetEndpoint } from '../http/endpoint.js';
import { Caller } from '../http/request.js';

@Controller('v1/project')
export class ProjectsController {
  constructor(private readonly projects: Projects) {}

  @GetEndpoint('', {
    summary: 'Get the project of the key, and how many runs, datasets and models it has',
    scope: 'read',
    response: projectSchema,
  })
  current(@Caller() caller: Principal): Promise<Project> {
    return this.projects.current(caller);
  }
}
