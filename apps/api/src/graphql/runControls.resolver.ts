// What clients ask of runs that exist.

import { forkRunSchema, parseInput, retryRunSchema } from '@gradstream/contracts';
import { RunControls, RunForks } from '@gradstream/domain';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import type { GraphqlContext } from './context.js';
import { payload } from './errors.js';
import { withoutNulls } from './input.js';

interface RunInput {
  readonly id: string;
}

@Resolver()
export class RunControlsResolver {
  constructor(
    private readonly controls: RunControls,
    private readonly forks: RunForks,
  ) {}

  @Mutation('cancelRun')
  cancel(@Args('input') { id }: RunInput, @Context() { principal }: GraphqlContext): Promise<object> {
    return payload(async () => ({ run: await this.controls.cancel(await principal(), id) }));
  }

  @Mutation('pauseRun')
  pause(@Args('input') { id }: RunInput, @Context() { principal }: GraphqlContext): Promise<object> {
    return payload(async () => ({ run: await this.controls.pause(await principal(), id) }));
  }

  @Mutation('resumeRun')
  resume(@Args('input') { id }: RunInput, @Context() { principal }: GraphqlContext): Promise<object> {
    return payload(async () => ({ run: await this.controls.resume(await principal(), id) }));
  }

  @Mutation('retryRun')
  retry(
    @Args('input') { id, ...input }: RunInput,
    @Context() { principal }: GraphqlContext,
  ): Promise<object> {
    return payload(async () => {
      const choices = parseInput(retryRunSchema, withoutNulls(input));
      return { run: await this.controls.retry(await principal(), id, choices) };
    });
  }

  @Mutation('forkRun')
  fork(@Args('input') { id, ...input }: RunInput, @Context() { principal }: GraphqlContext): Promise<object> {
    return payload(async () => ({
      run: await this.forks.fork(await principal(), id, parseInput(forkRunSchema, withoutNulls(input))),
    }));
  }
}
