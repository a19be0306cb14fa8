// The dashboard's build: files with their hash in the name, for the API to serve; nothing from elsewhere.

import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

const server = process.env['GRADSTREAM_URL'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  // An inlined file would be a data: address, which the content security policy refuses to scripts and styles.
  build: {
    target: 'es2023',
    sourcemap: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/v1': server,
      '/graphql': { target: server, ws: true },
      '/docs': server,
      '/openapi.json': server,
    },
  },
});
