// What is said on a WebSocket: who may speak, and the limits of HTTP for what comes in.

import { GradstreamError } from '@gradstream/contracts';
import type { ApiKeys } from '@gradstream/domain';
import { toGradstreamError } from '@gradstream/platform';
import {
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import { randomUUID } from 'node:crypto';
import { createContext, type GraphqlContext } from './context.js';
import { formatError } from './errors.js';
import { checkVariables, limits, limitsRule } from './limits.js';
import type { GraphqlReporter } from './reporter.js';

/** How long a client may take to say who it is. */
const INIT_TIMEOUT_MS = 5000;
/** Operations at a time on one connection. */
const MAX_OPERATIONS = 100;

/** An error of ours as one of GraphQL's. */
const wrap = (originalError: GradstreamError): GraphQLError =>
  new GraphQLError(originalError.message, { originalError });

/** The document, or what is wrong with it. */
function toDocument(
  schema: GraphQLSchema,
  { query, variables }: SubscribePayload,
): DocumentNode | GraphQLError[] {
  let document;
  try {
    checkVariables(variables);
    document = parse(query, { maxLexicalTokens: limits.tokens });
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
  const errors = validate(schema, document, [...specifiedRules, limitsRule]);
  return errors.length > 0 ? [...errors] : document;
}

/** Options for graphql-ws. */
export function createSocketOptions(
  schema: GraphQLSchema,
  keys: ApiKeys,
  reporter: GraphqlReporter,
): ServerOptions {
  /** Errors as clients see them; the operator learns of them too. */
  function report(errors: readonly GraphQLError[], requestId: string): GraphQLFormattedError[] {
    reporter.report(errors, requestId);
    return errors.map((error) => formatError(error.toJSON(), error, requestId));
  }

  const contextOf = (socket: Context): GraphqlContext =>
    createContext({ keys }, { authorization: socket.connectionParams?.['authorization'] }, randomUUID());

  /** The operation to run, or what is wrong with it. */
  function prepare(socket: Context, payload: SubscribePayload): ExecutionArgs | GraphQLError[] {
    if (Object.keys(socket.subscriptions).length > MAX_OPERATIONS) {
      const detail = `This connection has ${MAX_OPERATIONS} operations under way: end some, or open another.`;
      return [wrap(new GradstreamError('RATE_LIMITED', detail, { retryAfterSeconds: 1 }))];
    }
    const document = toDocument(schema, payload);
    if (Array.isArray(document)) return document;
    return {
      schema,
      document,
      contextValue: contextOf(socket),
      variableValues: payload.variables ?? {},
      operationName: payload.operationName ?? null,
    };
  }

  return {
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    // False closes with 4403. A service that is away is no reason to turn a client off: its operations say so.
    onConnect: (socket) =>
      contextOf(socket)
        .principal()
        .then(
          () => true,
          (error: unknown) => toGradstreamError(error).code !== 'UNAUTHENTICATED',
        ),
    onSubscribe: (socket, _id, payload) => prepare(socket, payload),
    onError: (_socket, _id, _payload, errors) => report(errors, randomUUID()),
    onNext: (_socket, _id, _payload, { contextValue }, { errors, data = null }) =>
      errors ? { data, errors: report(errors, (contextValue as GraphqlContext).requestId) } : undefined,
  };
}
