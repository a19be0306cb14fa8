// The documentation page: Swagger UI from its package, without a CDN or inline scripts.

import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { createRequire } from 'node:module';
import path from 'node:path';

const INITIALIZER = `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: 'BaseLayout',
    validatorUrl: null,
  });
};
`;

/** Serves /openapi.json and /docs/. */
export async function serveDocs(server: FastifyInstance, document: object): Promise<void> {
  server.get('/openapi.json', (_request, reply) => reply.send(document));
  server.get('/docs', (_request, reply) => reply.redirect('/docs/'));
  server.get('/docs/swagger-initializer.js', (_request, reply) =>
    reply.type('text/javascript').send(INITIALIZER),
  );
  const root = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const files = [
    'index.html',
    'index.css',
    'swagger-ui.css',
    'swagger-ui-bundle.js',
    'swagger-ui-standalone-preset.js',
    'favicon-32x32.png',
    'favicon-16x16.png',
  ];
  await server.register(fastifyStatic, { root, serve: false });
  for (const file of files) server.get(`/docs/${file}`, (_request, reply) => reply.sendFile(file));
  server.get('/docs/', (_request, reply) => reply.sendFile('index.html'));
}
