// What clients ask of runs that exist.

import { idSchema, runSchema, type Run } from '@gradstream/contracts';
import { RunControls, type Precondition, type Principal } from '@gradstream/domain';
import { Controller, Param } from '@nestjs/common';
import { PostEndpoint, type EndpointOptions } from '../http/endpoint.js';
import { IfMatch } from '../http/etag.js';
import { Caller } from '../http/request.js';

/** Answered with the run as it is when the request is noted. */
const control = {
  scope: 'write',
  status: 202,
  params: { id: idSchema('run') },
  response: runSchema,
  location: '/v1/runs',
  ifMatch: true,
} satisfies Omit<EndpointOptions, 'summary'>;

@Controller('v1/runs')
export class RunControlsController {
  constructor(private readonly controls: RunControls) {}

  @PostEndpoint(':id/cancel', { summary: 'Stop a run at its next step', ...control })
  cancel(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Run> {
    return this.controls.cancel(caller, id, precondition);
  }

  @PostEndpoint(':id/pause', {
    summary: 'Stop a run at its next step, with a checkpoint, until it is resumed',
    ...control,
  })
  pause(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Run> {
    return this.controls.pause(caller, id, precondition);
  }

  @PostEndpoint(':id/resume', {
    summary: 'Queue a paused run; it goes on from its last checkpoint',
    ...control,
  })
  resume(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Run> {
    return this.controls.resume(caller, id, precondition);
  }
}
