// Takes upgrades of /graphql to WebSockets: from allowed origins, with bounded messages. Every other upgrade is refused
// at once, for nobody else would answer it.

import { GradstreamError } from '@gradstream/contracts';
import { ApiKeys } from '@gradstream/domain';
import { Config, Logger } from '@gradstream/platform';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { useServer } from 'graphql-ws/use/ws';
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { isOriginAllowed } from './origin.js';
import { GraphqlReporter } from './reporter.js';
import { createSocketOptions } from './socket.js';

/** Largest message of a client, in bytes; documents and their variables are small. */
const MAX_MESSAGE = 2 ** 20;
/** How long clients may take to say goodbye, in ms. */
const CLOSE_MS = 2000;

/** Answers an upgrade with problem+json, and ends the connection. */
function refuse(socket: Duplex, error: GradstreamError): void {
  const body = JSON.stringify(error.toProblem());
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

const noSocket = (): GradstreamError =>
  new GradstreamError('NOT_FOUND', 'WebSockets are taken at /graphql alone.');
const originRefused = (): GradstreamError =>
  new GradstreamError('ORIGIN_REFUSED', 'Pages of other sites may connect when ALLOWED_ORIGINS names them.');

@Injectable()
export class SocketServer implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE });
  #dispose: () => void | Promise<void> = () => undefined;

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly schemas: GraphQLSchemaHost,
    private readonly keys: ApiKeys,
    private readonly config: Config,
    private readonly reporter: GraphqlReporter,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const options = createSocketOptions(this.schemas.schema, this.keys, this.reporter);
    const disposable = useServer(options, this.#sockets);
    this.#dispose = () => disposable.dispose();
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head);
    });
  }

  /**
   * Closes every connection with 1001, so that clients come back to another process. In this hook, for those of our
   * module run before those of the modules that it imports: Apollo waits for every connection to end.
   */
  async onModuleDestroy(): Promise<void> {
    // A client that is gone without a word would keep the process for half a minute.
    const late = setTimeout(() => {
      for (const client of this.#sockets.clients) client.terminate();
    }, CLOSE_MS);
    await this.#dispose();
    clearTimeout(late);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { origin, host } = request.headers;
    const [path] = (request.url ?? '').split('?');
    socket.on('error', () => socket.destroy());
    if (path !== '/graphql') refuse(socket, noSocket());
    else if (!isOriginAllowed(origin, host, this.config.allowedOrigins)) refuse(socket, originRefused());
    else
      this.#sockets.handleUpgrade(request, socket, head, (client) => {
        this.#sockets.emit('connection', client, request);
        // What a client does wrong closes its connection. graphql-ws would call it our error, and write to the console.
        client.removeAllListeners('error');
        client.on('error', (error) => {
          this.logger.log.debug({ error: error.message }, 'a WebSocket failed');
        });
      });
  }
}
