// Follows a run live with the plain graphql-ws client: node examples/follow-run.mjs URL KEY RUN

import { createClient } from 'graphql-ws';

const [url = '', key, runId] = process.argv.slice(2);
if (!runId || !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
  console.error('Usage: node examples/follow-run.mjs URL KEY RUN, such as http://127.0.0.1:3000 gs_… run_…');
  process.exit(2);
}
const client = createClient({
  url: `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/graphql`,
  connectionParams: { authorization: `Bearer ${key}` },
  retryAttempts: 0,
  webSocketImpl: globalThis.WebSocket ?? (await import('ws')).default, // Node 20 has none of its own.
});
const query = `subscription ($runId: ID!) {
  runMetrics(runId: $runId) { points { step epoch values { series value } } cursor done }
}`;

/** Why the subscription ended early, in a sentence. */
function reason(thrown) {
  if (Array.isArray(thrown)) return thrown[0].message; // Errors of GraphQL, such as a run that is not there.
  if (thrown instanceof Error) return thrown.message;
  if (thrown.code === 4403) return 'The server does not accept this key: is it whole, and not revoked?';
  return `There is no connection to ${url}, or it was lost: does a Gradstream server listen there?`;
}

try {
  for await (const { data, errors } of client.iterate({ query, variables: { runId } })) {
    if (errors) throw errors;
    for (const { step, epoch, values } of data.runMetrics.points) {
      console.log(step, epoch, ...values.map(({ series, value }) => `${series}=${value}`));
    }
  }
} catch (thrown) {
  console.error(reason(thrown));
  process.exitCode = 1;
}
await client.dispose();
