import {
  createRunSchema,
  parseInput,
  type Checkpoint,
  type Run,
  type RunVerdict,
} from '@gradstream/contracts';
import { Checkpoints, Runs } from '@gradstream/domain';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toConnection, toPageQuery, type Connection, type ConnectionArguments } from './connection.js';
import type { GraphqlContext } from './context.js';
import { orNull, payload } from './errors.js';
import { toSeries } from './series.js';

const toGraphqlCheckpoint = ({ metrics, ...checkpoint }: Checkpoint) => ({
  ...checkpoint,
  metrics: toSeries(metrics),
});
type GraphqlCheckpoint = ReturnType<typeof toGraphqlCheckpoint>;

@Resolver('Run')
export class RunsResolver {
  constructor(
    private readonly runs: Runs,
    private readonly checkpoints: Checkpoints,
  ) {}

  @Query('runs')
  async list(
    @Args() page: ConnectionArguments,
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<Run>> {
    const caller = await principal();
    const list = { noun: 'runs', owner: caller.projectId } as const;
    return toConnection(list, await this.runs.list(caller, toPageQuery(page)), page);
  }

  @Query('run')
  async run(@Args('id') id: string, @Context() { principal }: GraphqlContext): Promise<Run | null> {
    return orNull(this.runs.get(await principal(), id));
  }

  @ResolveField('metrics')
  metrics(@Parent() run: Run): object[] {
    return toSeries(run.metrics);
  }

  @ResolveField('checkpoints')
  async listCheckpoints(
    @Parent() { id }: Run,
    @Args() page: ConnectionArguments,
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<GraphqlCheckpoint>> {
    const found = await this.checkpoints.list(await principal(), id, toPageQuery(page));
    const list = { noun: 'checkpoints', owner: id } as const;
    return toConnection(list, { ...found, data: found.data.map(toGraphqlCheckpoint) }, page);
  }

  @Query('checkpoint')
  async checkpoint(
    @Args('id') id: string,
    @Context() { principal }: GraphqlContext,
  ): Promise<GraphqlCheckpoint | null> {
    const found = await orNull(this.checkpoints.get(await principal(), id));
    return found && toGraphqlCheckpoint(found);
  }

  @Query('validateRun')
  async validate(
    @Args('input') { spec }: { spec: unknown },
    @Context() { principal }: GraphqlContext,
  ): Promise<RunVerdict> {
    return this.runs.validate(await principal(), parseInput(createRunSchema, spec));
  }

  @Mutation('createRun')
  create(
    @Args('input') { spec }: { spec: unknown },
    @Context() { principal }: GraphqlContext,
  ): Promise<object> {
    return payload(async () => ({
      run: await this.runs.create(await principal(), parseInput(createRunSchema, spec)),
    }));
  }
}
