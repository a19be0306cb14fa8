// The WebSocket side: who may connect, and the limits of HTTP for what comes in.

import type { ApiKeys } from '@gradstream/domain';
import type { Config } from '@gradstream/platform';
import {
  GraphQLError,
  parse,
  specifiedRules,
  validate,
  type ExecutionArgs,
  type GraphQLSchema,
} from 'graphql';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createContext } from './context.js';
import { formatError } from './errors.js';
import { limits, limitsRule } from './limits.js';

/** How long a client may take to say who it is. */
const INIT_TIMEOUT_MS = 5000;

/** What Nest passes on to graphql-ws. */
type SocketOptions = Pick<
  ServerOptions,
  'connectionInitWaitTimeout' | 'onConnect' | 'onSubscribe' | 'onNext'
>;
type Socket = Context;

/** Whether a page of some origin may connect: our own, a listed one, or none at all, for programs send none. */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** The headers of the request that a connection began with; graphql-ws keeps it in `extra`. */
function headersOf({ extra }: Socket): IncomingHttpHeaders {
  const { request } = extra as { readonly request?: IncomingMessage };
  return request?.headers ?? {};
}

/** Options for graphql-ws; the schema comes when it is built. */
export function createSocketOptions(keys: ApiKeys, config: Config) {
  let schema: GraphQLSchema | undefined;

  /** The operation to run, or what is wrong with it. */
  function prepare(socket: Socket, payload: SubscribePayload): ExecutionArgs | readonly GraphQLError[] {
    if (!schema) return [new GraphQLError('The server is starting: try again.')];
    let document;
    try {
      document = parse(payload.query, { maxLexicalTokens: limits.tokens });
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      throw error;
    }
    const errors = validate(schema, document, [...specifiedRules, limitsRule]);
    if (errors.length > 0) return errors;
    const contextValue = createContext(keys, socket.connectionParams?.['authorization'], 'websocket');
    return {
      schema,
      document,
      contextValue,
      variableValues: payload.variables ?? {},
      operationName: payload.operationName ?? null,
    };
  }

  const options: SocketOptions = {
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    onConnect: async (socket) => {
      const { origin, host } = headersOf(socket);
      if (!isOriginAllowed(origin, host, config.allowedOrigins)) return false; // 4403
      return createContext(keys, socket.connectionParams?.['authorization'], 'websocket')
        .principal()
        .then(
          () => true,
          (error: unknown) =>
            formatError({ message: '' }, new GraphQLError('', { originalError: error as Error }))
              .extensions?.['code'] !== 'UNAUTHENTICATED',
        );
    },
    onSubscribe: (socket, _id, payload) => prepare(socket, payload),
    onNext: (_socket, _id, _payload, _args, { errors, ...result }) =>
      errors
        ? { data: result.data ?? null, errors: errors.map((error) => formatError(error.toJSON(), error)) }
        : undefined,
  };
  return {
    options,
    setSchema: (built: GraphQLSchema): void => {
      schema = built;
    },
  };
}
