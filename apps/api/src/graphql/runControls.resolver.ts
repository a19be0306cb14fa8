// What clients ask of runs that exist.

import { RunControls } from '@gradstream/domain';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import type { GraphqlContext } from './context.js';
import { payload } from './errors.js';

interface RunInput {
  readonly id: string;
}

@Resolver()
export class RunControlsResolver {
  constructor(private readonly controls: RunControls) {}

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
}
