// Changes of checkpoints, and predictions by them. Reading them is in streams.controller.ts, for one answer is a file.

import {
  checkpointSchema,
  idSchema,
  predictionsSchema,
  predictSchema,
  updateCheckpointSchema,
  type Checkpoint,
  type Predict,
  type Predictions as Answer,
  type UpdateCheckpoint,
} from '@gradstream/contracts';
import {
  CheckpointRemoval,
  Checkpoints,
  Predictions,
  type Precondition,
  type Principal,
} from '@gradstream/domain';
import { Controller, Param } from '@nestjs/common';
import { DeleteEndpoint, PatchEndpoint, PostEndpoint } from '../http/endpoint.js';
import { IfMatch } from '../http/etag.js';
import { Caller } from '../http/request.js';
import { ZodBody } from '../http/zod.pipe.js';

const params = { id: idSchema('checkpoint') };

@Controller('v1/checkpoints')
export class CheckpointsController {
  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly removal: CheckpointRemoval,
    private readonly predictions: Predictions,
  ) {}

  @PostEndpoint(':id/predict', {
    summary: 'What the network says of rows, or of a page of a dataset, after the run’s own preprocessing',
    scope: 'read',
    params,
    body: predictSchema,
    response: predictionsSchema,
    problems: { '504': 'No worker answered in time' },
    pure: true,
  })
  predict(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodBody(predictSchema) body: Predict,
  ): Promise<Answer> {
    return this.predictions.predict(caller, id, body);
  }

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
