import {
  checkpointPageSchema,
  createRunSchema,
  idSchema,
  pageQuerySchema,
  runListQuerySchema,
  runPageSchema,
  runSchema,
  runVerdictSchema,
  validateRunSchema,
  type Checkpoint,
  type CreateRun,
  type Page,
  type PageQuery,
  type Run,
  type RunListQuery,
  type RunVerdict,
  type ValidateRun,
} from '@gradstream/contracts';
import { Checkpoints, Runs, type Principal } from '@gradstream/domain';
import { Controller, Param } from '@nestjs/common';
import { GetEndpoint, PostEndpoint } from '../http/endpoint.js';
import { Caller } from '../http/request.js';
import { ZodBody, ZodQuery } from '../http/zod.pipe.js';

const params = { id: idSchema('run') };

@Controller('v1/runs')
export class RunsController {
  constructor(
    private readonly runs: Runs,
    private readonly checkpoints: Checkpoints,
  ) {}

  @PostEndpoint('', {
    summary: 'Queue a run',
    scope: 'write',
    status: 202,
    body: createRunSchema,
    response: runSchema,
    location: '/v1/runs',
  })
  create(@Caller() caller: Principal, @ZodBody(createRunSchema) body: CreateRun): Promise<Run> {
    return this.runs.create(caller, body);
  }

  @PostEndpoint('validate', {
    summary: 'Everything that is wrong with a run; nothing is queued',
    scope: 'read',
    body: validateRunSchema,
    response: runVerdictSchema,
  })
  validate(@Caller() caller: Principal, @ZodBody(validateRunSchema) body: ValidateRun): Promise<RunVerdict> {
    return this.runs.validate(caller, body);
  }

  @GetEndpoint('', {
    summary: 'List runs, newest first',
    scope: 'read',
    query: runListQuerySchema,
    response: runPageSchema,
  })
  list(@Caller() caller: Principal, @ZodQuery(runListQuerySchema) query: RunListQuery): Promise<Page<Run>> {
    return this.runs.list(caller, query);
  }

  @GetEndpoint(':id', { summary: 'Get a run', scope: 'read', params, response: runSchema })
  get(@Caller() caller: Principal, @Param('id') id: string): Promise<Run> {
    return this.runs.get(caller, id);
  }

  @GetEndpoint(':id/checkpoints', {
    summary: 'List checkpoints of a run, newest first',
    scope: 'read',
    params,
    query: pageQuerySchema,
    response: checkpointPageSchema,
  })
  listCheckpoints(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @ZodQuery(pageQuerySchema) query: PageQuery,
  ): Promise<Page<Checkpoint>> {
    return this.checkpoints.list(caller, id, query);
  }
}
