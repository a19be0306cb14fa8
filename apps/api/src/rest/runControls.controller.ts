// What clients ask of runs that exist.

import {
  forkRunSchema,
  idSchema,
  retryRunSchema,
  runSchema,
  updateRunSchema,
  type ForkRun,
  type RetryRun,
  type Run,
  type UpdateRun,
} from '@gradstream/contracts';
import {
  RunControls,
  RunForks,
  RunRemoval,
  RunUpdates,
  type Precondition,
  type Principal,
} from '@gradstream/domain';
import { Controller, Param } from '@nestjs/common';
import { DeleteEndpoint, PatchEndpoint, PostEndpoint, type EndpointOptions } from '../http/endpoint.js';
import { IfMatch } from '../http/etag.js';
import { Caller } from '../http/request.js';
import { ZodBody } from '../http/zod.pipe.js';

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
  constructor(
    private readonly controls: RunControls,
    private readonly forks: RunForks,
    private readonly updates: RunUpdates,
    private readonly removal: RunRemoval,
  ) {}

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

  @PostEndpoint(':id/retry', {
    summary: 'Queue a run that failed or was cancelled, from its last checkpoint or from its start',
    body: retryRunSchema,
    ...control,
  })
  retry(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodBody(retryRunSchema) body: RetryRun,
    @IfMatch() precondition: Precondition,
  ): Promise<Run> {
    return this.controls.retry(caller, id, body, precondition);
  }

  @PostEndpoint(':id/fork', {
    summary: 'Queue a new run that begins at a checkpoint of this one, with changed settings',
    ...{ scope: 'write', status: 202, params: control.params, location: '/v1/runs' },
    body: forkRunSchema,
    response: runSchema,
  })
  fork(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodBody(forkRunSchema) body: ForkRun,
  ): Promise<Run> {
    return this.forks.fork(caller, id, body);
  }

  @PatchEndpoint(':id', {
    summary: 'Replace notes or tags; what is absent stays',
    ...{ scope: 'write', params: control.params, ifMatch: true },
    body: updateRunSchema,
    response: runSchema,
  })
  update(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodBody(updateRunSchema) body: UpdateRun,
    @IfMatch() precondition: Precondition,
  ): Promise<Run> {
    return this.updates.update(caller, id, body, precondition);
  }

  @DeleteEndpoint(':id', {
    summary: 'Delete a run that has ended, with its history and checkpoints',
    ...{ scope: 'write', params: control.params, ifMatch: true },
    response: runSchema,
  })
  remove(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Run> {
    return this.removal.remove(caller, id, precondition);
  }
}
