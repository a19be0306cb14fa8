import {
  createRunSchema,
  parseInput,
  runFilterSchema,
  updateCheckpointSchema,
  validateRunSchema,
  type Checkpoint,
  type Run,
  type RunFilter,
  type RunVerdict,
} from '@gradstream/contracts';
import { CheckpointRemoval, Checkpoints, Runs, type Principal } from '@gradstream/domain';
import { Args, Context, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { toConnection, toPageQuery, type Connection, type ConnectionArguments } from './connection.js';
import type { GraphqlContext } from './context.js';
import { orNull, payload } from './errors.js';
import { withoutNulls } from './input.js';
import { toSeries } from './series.js';
import { Once } from './once.js';

/** Optional arguments, which clients may send as null. */
type Nullable<T> = { readonly [K in keyof T]?: T[K] | null };

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
    private readonly removal: CheckpointRemoval,
  ) {}

  @Query('runs')
  async list(
    @Args() { tag, state, ...page }: ConnectionArguments & Nullable<RunFilter>,
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<Run>> {
    const caller = await principal();
    const list = { noun: 'runs', owner: caller.projectId } as const;
    const filter = parseInput(runFilterSchema, withoutNulls({ tag, state }));
    return toConnection(list, await this.runs.list(caller, { ...toPageQuery(page), ...filter }), page);
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
    return this.runs.validate(await principal(), parseInput(validateRunSchema, spec));
  }

  @Mutation('createRun')
  create(@Args('input') { spec }: { spec: unknown }, @Once() once: Once): Promise<object> {
    return payload(async () => ({
      run: await once('write', (caller) => this.runs.create(caller, parseInput(createRunSchema, spec))),
    }));
  }

  @Mutation('updateCheckpoint')
  updateCheckpoint(@Args('input') { id, ...input }: { id: string }, @Once() once: Once): Promise<object> {
    return payload(async () => {
      const choices = parseInput(updateCheckpointSchema, withoutNulls(input));
      const work = (caller: Principal) => this.checkpoints.update(caller, id, choices);
      return { checkpoint: toGraphqlCheckpoint(await once('write', work)) };
    });
  }

  @Mutation('deleteCheckpoint')
  removeCheckpoint(@Args('input') { id }: { id: string }, @Once() once: Once): Promise<object> {
    return payload(async () => {
      const work = (caller: Principal) => this.removal.remove(caller, id);
      return { checkpoint: toGraphqlCheckpoint(await once('write', work)) };
    });
  }
}
