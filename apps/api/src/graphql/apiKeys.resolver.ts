import { createApiKeySchema, parseInput, type ApiKey, type CurrentApiKey } from '@gradstream/contracts';
import { ApiKeys } from '@gradstream/domain';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { toConnection, toPageQuery, type Connection, type ConnectionArguments } from './connection.js';
import type { GraphqlContext } from './context.js';
import { orNull, payload } from './errors.js';
import { withoutNulls } from './input.js';
import { Once } from './once.js';

@Resolver('ApiKey')
export class ApiKeysResolver {
  constructor(private readonly keys: ApiKeys) {}

  @Query('apiKeys')
  async list(
    @Args() page: ConnectionArguments,
    @Context() { principal }: GraphqlContext,
  ): Promise<Connection<ApiKey>> {
    const caller = await principal();
    const list = { noun: 'apiKeys', owner: caller.projectId } as const;
    return toConnection(list, await this.keys.list(caller, toPageQuery(page)), page);
  }

  @Query('apiKey')
  async apiKey(@Args('id') id: string, @Context() { principal }: GraphqlContext): Promise<ApiKey | null> {
    return orNull(this.keys.get(await principal(), id));
  }

  @Query('currentApiKey')
  async current(@Context() { principal }: GraphqlContext): Promise<CurrentApiKey> {
    return this.keys.current(await principal());
  }

  @Mutation('createApiKey')
  create(@Args('input') input: object, @Once() once: Once): Promise<object> {
    return payload(async () => {
      const { secret, ...apiKey } = await once('admin', (caller) =>
        this.keys.create(caller, parseInput(createApiKeySchema, withoutNulls(input))),
      );
      return { apiKey, secret };
    });
  }

  @Mutation('revokeApiKey')
  revoke(@Args('input') { id }: { id: string }, @Once() once: Once): Promise<object> {
    return payload(async () => ({
      apiKey: await once('admin', (caller) => this.keys.revoke(caller, id)),
    }));
  }
}
