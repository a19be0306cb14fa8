import { createApiKeySchema, type ApiKey } from '@gradstream/contracts';
import { ApiKeys } from '@gradstream/domain';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { toConnection, toPageQuery, type Connection, type ConnectionArguments } from './connection.js';
import type { GraphqlContext } from './context.js';
import { payload } from './errors.js';

@Resolver('ApiKey')
export class ApiKeysResolver {
  constructor(private readonly keys: ApiKeys) {}

  @Query('apiKeys')
  async list(
    @Args() page: ConnectionArguments,
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<ApiKey>> {
    return toConnection(await this.keys.list(await principal(), toPageQuery(page)));
  }

  @Mutation('createApiKey')
  create(@Args('input') input: unknown, @Context() { principal }: GraphqlContext): Promise<object> {
    return payload(async () => {
      const { secret, ...apiKey } = await this.keys.create(
        await principal(),
        createApiKeySchema.parse(input),
      );
      return { apiKey, secret };
    });
  }

  @Mutation('revokeApiKey')
  revoke(@Args('input') { id }: { id: string }, @Context() { principal }: GraphqlContext): Promise<object> {
    return payload(async () => ({ apiKey: await this.keys.revoke(await principal(), id) }));
  }
}
