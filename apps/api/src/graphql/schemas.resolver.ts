// What editors complete run specs and model definitions from.

import { Schemas } from '@gradstream/domain';
import { Context, Query, Resolver } from '@nestjs/graphql';
import type { GraphqlContext } from './context.js';

@Resolver()
export class SchemasResolver {
  constructor(private readonly schemas: Schemas) {}

  @Query('runSchema')
  async run(@Context() { principal }: GraphqlContext): Promise<object> {
    return this.schemas.run(await principal());
  }

  @Query('modelSchema')
  async model(@Context() { principal }: GraphqlContext): Promise<object> {
    return this.schemas.model(await principal());
  }
}
