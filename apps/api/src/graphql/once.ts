import type { Scope } from '@gradstream/contracts';
import type { Principal } from '@gradstream/domain';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { GraphqlContext } from './context.js';

/** `GraphqlContext.once` for the mutation that is being answered. */
export type Once = <T extends object>(scope: Scope, work: (caller: Principal) => Promise<T>) => Promise<T>;

/** The parameter of a mutation by which its work is done once for an Idempotency-Key. */
export const Once = createParamDecorator((_, execution: ExecutionContext): Once => {
  const graphql = GqlExecutionContext.create(execution);
  const context = graphql.getContext<GraphqlContext>();
  const info = graphql.getInfo<GraphQLResolveInfo>();
  return (scope, work) => context.once(info, scope, work);
});
