// What clients ask of runs that exist.

import { forkRunSchema, parseInput, retryRunSchema, updateRunSchema, type Run } from '@gradstream/contracts';
import { RunControls, RunForks, RunRemoval, RunUpdates } from '@gradstream/domain';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { payload } from './errors.js';
import { withoutNulls } from './input.js';
import { Once } from './once.js';

interface RunInput {
  readonly id: string;
}

/** A run as a mutation's payload. */
const asRun = (run: Promise<Run>): Promise<object> => payload(async () => ({ run: await run }));

@Resolver()
export class RunControlsResolver {
  constructor(
    private readonly controls: RunControls,
    private readonly forks: RunForks,
    private readonly updates: RunUpdates,
    private readonly removal: RunRemoval,
  ) {}

  @Mutation('cancelRun')
  cancel(@Args('input') { id }: RunInput, @Once() once: Once): Promise<object> {
    return asRun(once('write', (caller) => this.controls.cancel(caller, id)));
  }

  @Mutation('pauseRun')
  pause(@Args('input') { id }: RunInput, @Once() once: Once): Promise<object> {
    return asRun(once('write', (caller) => this.controls.pause(caller, id)));
  }

  @Mutation('resumeRun')
  resume(@Args('input') { id }: RunInput, @Once() once: Once): Promise<object> {
    return asRun(once('write', (caller) => this.controls.resume(caller, id)));
  }

  @Mutation('retryRun')
  retry(@Args('input') { id, ...input }: RunInput, @Once() once: Once): Promise<object> {
    return asRun(
      once('write', (caller) =>
        this.controls.retry(caller, id, parseInput(retryRunSchema, withoutNulls(input))),
      ),
    );
  }

  @Mutation('forkRun')
  fork(@Args('input') { id, ...input }: RunInput, @Once() once: Once): Promise<object> {
    return asRun(
      once('write', (caller) => this.forks.fork(caller, id, parseInput(forkRunSchema, withoutNulls(input)))),
    );
  }

  @Mutation('updateRun')
  update(@Args('input') { id, ...input }: RunInput, @Once() once: Once): Promise<object> {
    return asRun(
      once('write', (caller) =>
        this.updates.update(caller, id, parseInput(updateRunSchema, withoutNulls(input))),
      ),
    );
  }

  @Mutation('deleteRun')
  remove(@Args('input') { id }: RunInput, @Once() once: Once): Promise<object> {
    return asRun(once('write', (caller) => this.removal.remove(caller, id)));
  }
}
