// Changes of checkpoints. Reading them is in streams.controller.ts, for one answer is a file.

import {
  checkpointSchema,
  idSchema,
  updateCheckpointSchema,
  type Checkpoint,
  type UpdateCheckpoint,
} from '@gradstream/contracts';
import { CheckpointRemoval, Checkpoints, type Precondition, type Principal } from '@gradstream/domain';
import { Controller, Param } from '@nestjs/common';
import { DeleteEndpoint, PatchEndpoint } from '../http/endpoint.js';
import { IfMatch } from '../http/etag.js';
import { Caller } from '../http/request.js';
import { ZodBody } from '../http/zod.pipe.js';

const params = { id: idSchema('checkpoint') };

@Controller('v1/checkpoints')
export class CheckpointsController {
  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly removal: CheckpointRemoval,
  ) {}

  @PatchEndpoint(':id', {
    summary: 'Pin a checkpoint against deletion, or unpin it',
    scope: 'write',
    params,
    body: updateCheckpointSchema,
    response: checkpointSchema,
    ifMatch: true,
  })
  update(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodBody(updateCheckpointSchema) body: UpdateCheckpoint,
    @IfMatch() precondition: Precondition,
  ): Promise<Checkpoint> {
    return this.checkpoints.update(caller, id, body, precondition);
  }

  @DeleteEndpoint(':id', {
    summary: 'Delete a checkpoint that is not pinned, and that nothing goes on from',
    scope: 'write',
    params,
    response: checkpointSchema,
    ifMatch: true,
  })
  remove(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Checkpoint> {
    return this.removal.remove(caller, id, precondition);
  }
}
