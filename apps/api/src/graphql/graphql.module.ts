// GraphQL over HTTP and WebSocket, with the same schema, limits and errors.

import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { ApiKeys, DomainModule } from '@gradstream/domain';
import { Config } from '@gradstream/platform';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { ApiKeysResolver } from './apiKeys.resolver.js';
import { createContext, type GraphqlContext } from './context.js';
import { formatError } from './errors.js';
import { limits, limitsRule } from './limits.js';
import { ResourcesResolver } from './resources.resolver.js';
import { RunsResolver } from './runs.resolver.js';
import { scalars } from './scalars.js';
import { loadTypeDefs } from './typeDefs.js';
import { createSocketOptions } from './socket.js';

/** The request id of a context, if it has one. */
const requestIdOf = (context: unknown): string | undefined =>
  (context as Partial<GraphqlContext> | undefined)?.requestId;

/** Apollo's settings. */
function createOptions(keys: ApiKeys, config: Config): ApolloDriverConfig {
  const socket = createSocketOptions(keys, config);
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
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      {
        requestDidStart: () =>
          Promise.resolve({
            willSendResponse: ({ response, contextValue }) => {
              const id = requestIdOf(contextValue);
              if (response.body.kind === 'single' && response.body.singleResult.errors && id) {
                response.http.headers.set('x-request-id', id);
              }
              return Promise.resolve();
            },
          }),
      },
    ],
    formatError: (formatted, error) => formatError(formatted, error),
    context: (request: FastifyRequest) => createContext(keys, request.headers.authorization, request.id),
    transformSchema: (schema) => {
      socket.setSchema(schema);
      return schema;
    },
    subscriptions: { 'graphql-ws': socket.options },
  };
}

@Module({
  imports: [
    DomainModule,
    GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      imports: [DomainModule],
      inject: [ApiKeys, Config],
      useFactory: createOptions,
    }),
  ],
  providers: [ApiKeysResolver, ResourcesResolver, RunsResolver],
})
export class GraphqlModule {}
