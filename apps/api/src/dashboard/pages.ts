// The dashboard's files, as its build made them: pages that know each their way from the address, and hashed assets.

import type { FastifyInstance, FastifyReply } from 'fastify';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Addresses at which the dashboard has a page (its src/app/routes.tsx); all are answered with the same one. */
const PAGES = [
  ...['/', '/runs', '/runs/*', '/compare', '/project'],
  ...['/datasets', '/datasets/*', '/models', '/models/*'],
];

/** Of files whose names change with their content. Said of those alone that are there. */
const KEPT = { maxAge: 365 * 24 * 3600 * 1000, immutable: true };

/** Nothing of elsewhere but the store, which uploads go to; no inline script or style. */
const policy = (storeOrigin: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    `connect-src 'self' ${storeOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Serves the dashboard at `/`, whose uploads go to `storeOrigin`; says what to do where it was not built. */
export function serveDashboard(server: FastifyInstance, storeOrigin: string): void {
  const { resolve } = createRequire(import.meta.url);
  const root = path.join(path.dirname(resolve('@gradstream/dashboard/package.json')), 'dist');
  const contentSecurityPolicy = policy(storeOrigin);
  const asked = (reply: FastifyReply, file: string): FastifyReply =>
    reply
      .headers({ 'content-security-policy': contentSecurityPolicy, 'cache-control': 'no-cache' })
      .sendFile(file, root, { cacheControl: false });
  for (const page of PAGES)
    server.get(page, (_request, reply) =>
      existsSync(path.join(root, 'index.html'))
        ? asked(reply, 'index.html')
        : reply.type('text/plain').status(503).send('The dashboard was not built: run "npm run build".'),
    );
  server.get('/favicon.svg', (_request, reply) => asked(reply, 'favicon.svg'));
  server.get<{ Params: { '*': string } }>('/assets/*', (request, reply) =>
    reply
      .header('content-security-policy', contentSecurityPolicy)
      .sendFile(`assets/${request.params['*']}`, root, KEPT),
  );
}
