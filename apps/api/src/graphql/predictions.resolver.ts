import { parseInput, predictSchema, type Predictions as Answer } from '@gradstream/contracts';
import { Predictions } from '@gradstream/domain';
import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import type { GraphqlContext } from './context.js';
import { withoutNulls } from './input.js';

@Resolver()
export class PredictionsResolver {
  constructor(private readonly predictions: Predictions) {}

  @Query('predict')
  async predict(
    @Args('input') { checkpoint, ...input }: { checkpoint: string },
    @Context() { principal }: GraphqlContext,
  ): Promise<Answer> {
    return this.predictions.predict(
      await principal(),
      checkpoint,
      parseInput(predictSchema, withoutNulls(input)),
    );
  }
}
