// GraphQL over HTTP and WebSocket, with the same schema, limits and errors.

import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApiKeys, DomainModule, Idempotency } from '@gradstream/domain';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { ApiKeysResolver } from './apiKeys.resolver.js';
import { createContext, type GraphqlContext } from './context.js';
import { DatasetsResolver } from './datasets.resolver.js';
import { formatError } from './errors.js';
import { checkVariables, limits, limitsRule } from './limits.js';
import { ModelsResolver } from './models.resolver.js';
import { PredictionsResolver } from './predictions.resolver.js';
import { GraphqlReporter } from './reporter.js';
import { RunControlsResolver } from './runControls.resolver.js';
import { RunsResolver } from './runs.resolver.js';
import { RunTableResolver } from './runTable.resolver.js';
import { scalars } from './scalars.js';
import { SchemasResolver } from './schemas.resolver.js';
import { SocketServer } from './socketServer.js';
import { SubscriptionsResolver } from './subscriptions.resolver.js';
import { loadTypeDefs } from './typeDefs.js';

/** Checks variables, gives every error the request id, and tells the operator of it. */
function errorsPlugin(reporter: GraphqlReporter): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ request: { variables } }) => {
          checkVariables(variables);
          return Promise.resolve();
        },
        didEncounterErrors: ({ errors, contextValue }) => {
          reporter.report(errors, contextValue.requestId);
          return Promise.resolve();
        },
        willSendResponse: ({ response: { body }, contextValue: { requestId } }) => {
          if (body.kind === 'single' && body.singleResult.errors) {
            body.singleResult.errors = body.singleResult.errors.map((error) => ({
              ...error,
              extensions: { ...error.extensions, requestId },
            }));
          }
          return Promise.resolve();
        },
      }),
  };
}

/** Apollo's settings. */
function createOptions(
  keys: ApiKeys,
  idempotency: Idempotency,
  reporter: GraphqlReporter,
): ApolloDriverConfig {
  return {
    typeDefs: loadTypeDefs(),
    resolvers: scalars,
    path: '/graphql',
    playground: false,
    graphiql: false,
    introspection: true,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationRules: [limitsRule],
    plugins: [ApolloServerPluginLandingPageDisabled(), errorsPlugin(reporter)],
    formatError: (formatted, error) => formatError(formatted, error),
    context: ({ headers, id }: FastifyRequest) => {
      const given = headers['idempotency-key'];
      const idempotencyKey = given === undefined ? undefined : String(given);
      const { authorization } = headers;
      return createContext({ keys, idempotency }, { authorization, idempotencyKey }, id);
    },
  };
}

/** What Apollo's settings are made of. */
@Module({ imports: [DomainModule], providers: [GraphqlReporter], exports: [GraphqlReporter, DomainModule] })
class GraphqlPartsModule {}

@Module({
  imports: [
    GraphqlPartsModule,
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      imports: [GraphqlPartsModule],
      inject: [ApiKeys, Idempotency, GraphqlReporter],
      useFactory: createOptions,
    }),
  ],
  providers: [
    ApiKeysResolver,
    DatasetsResolver,
    ModelsResolver,
    RunsResolver,
    RunTableResolver,
    SchemasResolver,
    RunControlsResolver,
    PredictionsResolver,
    SubscriptionsResolver,
    SocketServer,
  ],
})
export class GraphqlModule {}
