import {
  createModelSchema,
  parseInput,
  type Model,
  type ModelSummary,
  type ModelVerdict,
} from '@gradstream/contracts';
import { Models } from '@gradstream/domain';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { toConnection, toPageQuery, type Connection, type ConnectionArguments } from './connection.js';
import type { GraphqlContext } from './context.js';
import { orNull, payload } from './errors.js';
import { Once } from './once.js';

@Resolver('Model')
export class ModelsResolver {
  constructor(private readonly models: Models) {}

  @Query('models')
  async listModels(
    @Args() page: ConnectionArguments,
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<Model>> {
    const caller = await principal();
    const list = { noun: 'models', owner: caller.projectId } as const;
    return toConnection(list, await this.models.list(caller, toPageQuery(page)), page);
  }

  @Query('model')
  async model(@Args('id') id: string, @Context() { principal }: GraphqlContext): Promise<Model | null> {
    return orNull(this.models.get(await principal(), id));
  }

  @Query('modelSummary')
  async summary(
    @Args('id') id: string,
    @Context() { principal }: GraphqlContext,
  ): Promise<ModelSummary | null> {
    return orNull(this.models.summary(await principal(), id));
  }

  @Query('validateModel')
  async validate(
    @Args('input') input: object,
    @Context() { principal }: GraphqlContext,
  ): Promise<ModelVerdict> {
    return this.models.validate(await principal(), parseInput(createModelSchema, input));
  }

  @Mutation('createModel')
  createModel(@Args('input') input: object, @Once() once: Once): Promise<object> {
    return payload(async () => ({
      model: await once('write', (caller) =>
        this.models.create(caller, parseInput(createModelSchema, input)),
      ),
    }));
  }

  @Mutation('deleteModel')
  remove(@Args('input') { id }: { id: string }, @Once() once: Once): Promise<object> {
    return payload(async () => ({
      model: await once('write', (caller) => this.models.remove(caller, id)),
    }));
  }
}
