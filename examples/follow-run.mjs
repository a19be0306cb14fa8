// Follows a run live with the plain graphql-ws client: node examples/follow-run.mjs URL KEY RUN

import { createClient } from 'graphql-ws';

const [url = 'http://127.0.0.1:3000', key, runId] = process.argv.slice(2);
const client = createClient({
  url: `${url.replace(/^http/, 'ws')}/graphql`,
  connectionParams: { authorization: `Bearer ${key}` },
  webSocketImpl: globalThis.WebSocket ?? (await import('ws')).default, // Node 20 has none of its own.
});
const query = `subscription ($runId: ID!) {
  runMetrics(runId: $runId) { points { step epoch values { series value } } cursor done }
}`;
for await (const { data, errors } of client.iterate({ query, variables: { runId } })) {
  if (errors) throw new Error(errors[0].message);
  for (const { step, epoch, values } of data.runMetrics.points) {
    console.log(step, epoch, ...values.map(({ series, value }) => `${series}=${value}`));
  }
}
await client.dispose();
