// Runs as people look at many of them: the same rows as `GET /v1/runs/table`.

import {
  cancelRunsSchema,
  parseInput,
  runTableQuerySchema,
  sparklinesQuerySchema,
  type CancelOutcomes,
  type RunTableRow,
  type Sparkline,
} from '@gradstream/contracts';
import { RunControls, RunTable } from '@gradstream/domain';
import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { GraphqlContext } from './context.js';
import { payload } from './errors.js';
import { withoutNulls } from './input.js';
import { Once } from './once.js';

interface TableArguments {
  readonly first?: number | null;
  readonly states?: readonly string[] | null;
  readonly tags?: readonly string[] | null;
  readonly ids?: readonly string[] | null;
}

/** Summaries by series as a list, for GraphQL has no maps. */
const toGraphqlRow = ({ summary, ...row }: RunTableRow): object => ({
  ...row,
  summary: Object.entries(summary).map(([series, values]) => ({ series, ...values })),
});

const joined = (list: readonly string[] | null | undefined): string | null => list?.join(',') ?? null;

@Resolver()
export class RunTableResolver {
  constructor(
    private readonly table: RunTable,
    private readonly controls: RunControls,
  ) {}

  @Query('runTable')
  async list(
    @Args() { first, states, tags, ids, ...rest }: TableArguments,
    @Context() { principal }: GraphqlContext,
  ): Promise<object> {
    const query = {
      ...rest,
      limit: first ?? null,
      state: joined(states),
      tag: tags ?? null,
      ids: joined(ids),
    };
    const page = await this.table.list(
      await principal(),
      parseInput(runTableQuerySchema, withoutNulls(query)),
    );
    return {
      nodes: page.data.map(toGraphqlRow),
      totalCount: page.total,
      hasNextPage: page.hasMore,
      endCursor: page.nextCursor,
    };
  }

  @Query('sparklines')
  async sparklines(
    @Args() { ids, ...rest }: { readonly ids: readonly string[] },
    @Context() { principal }: GraphqlContext,
  ): Promise<readonly Sparkline[]> {
    const query = parseInput(sparklinesQuerySchema, withoutNulls({ ...rest, ids: joined(ids) }));
    return (await this.table.sparklines(await principal(), query)).data;
  }

  @Mutation('cancelRuns')
  cancel(@Args('input') input: object, @Once() once: Once): Promise<object> {
    return payload(async () => {
      const { ids } = parseInput(cancelRunsSchema, input);
      const done: CancelOutcomes = await once('write', (caller) => this.controls.cancelAll(caller, ids));
      return { outcomes: done.data };
    });
  }
}
