// Makes the application from its settings; main.ts and the tests share it.

import helmet from '@fastify/helmet';
import { Logger, NestLog, Storage, Telemetry, type ConfigValues } from '@gradstream/platform';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApiModule } from './api.module.js';
import { controllers } from './controllers.js';
import { serveDashboard } from './dashboard/pages.js';
import { serveDocs } from './openapi/docs.js';
import { checkJsonBody, forgetEmptyBody } from './http/jsonBody.js';
import { createOpenApi } from './openapi/document.js';

/** Largest body, in bytes. */
const BODY_LIMIT = 16 * 2 ** 20;
const REQUEST_ID = /^[\w-]{8,100}$/;

/** The client's request id when it is a harmless one, else a new one. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Strict: no script or style of elsewhere; Swagger UI needs inline styles and data images. */
const contentSecurityPolicy = {
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    upgradeInsecureRequests: null,
  },
};

/** Request ids, log lines and figures of every request. */
function observe(server: FastifyInstance, { log }: Logger, telemetry: Telemetry): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unmatched';
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    telemetry.httpSeconds.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    log.info({ requestId: request.id, method, route, status: reply.statusCode, ms }, 'request');
    done();
  });
}

/** After a shutdown has begun, connections end with the answer that they wait for; clients would keep them for more. */
function closeAfterAnswers(server: FastifyInstance): void {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onResponse', (_request, _reply, done) => {
    if (closing)
      setImmediate(() => {
        server.server.closeIdleConnections();
      });
    done();
  });
}

/** Keeps Fastify's own parser of JSON alone: Nest's adapter would add one of forms. */
class JsonAdapter extends FastifyAdapter {
  override registerParserMiddleware(): void {
    // Nothing to add.
  }
}

/** The application, ready to listen. */
export async function createApp(config: ConfigValues): Promise<NestFastifyApplication> {
  const adapter = new JsonAdapter({
    genReqId: requestId,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: 'idle',
  });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(config), adapter);
  app.useLogger(app.get(NestLog));
  app.enableShutdownHooks();
  const server = app.getHttpAdapter().getInstance();
  // Sent as plain text by browsers without a preflight: we want JSON, or nothing.
  server.removeContentTypeParser('text/plain');
  await server.register(helmet, { contentSecurityPolicy, crossOriginEmbedderPolicy: false });
  server.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.url !== '/graphql') forgetEmptyBody(request);
    done();
  });
  server.addHook('preValidation', (request, _reply, done) => {
    if (request.routeOptions.url !== '/graphql') checkJsonBody(request.body); // It looks at its variables.
    done();
  });
  observe(server, app.get(Logger), app.get(Telemetry));
  closeAfterAnswers(server);
  await serveDocs(server, createOpenApi(controllers));
  serveDashboard(server, await app.get(Storage).uploadOrigin());
  return app;
}
