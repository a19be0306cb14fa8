// The lines that do by hand what the demo did: they work as they stand, in the folder of the checkout.

interface Ids {
  readonly url: string;
  readonly apiKey: string;
  readonly dataset: string;
  readonly model: string;
  readonly run: string;
  readonly checkpoint: string | null;
  readonly settings: object;
}

/** Each row twice: the default split needs five rows or more. */
const XOR_ROWS = '[[0,0,0],[0,1,1],[1,0,1],[1,1,0],[0,0,0],[0,1,1],[1,0,1],[1,1,0]]';

/** The lines, in the order in which one would try them. */
export function handworkLines(ids: Ids): string[] {
  const { url, apiKey } = ids;
  const auth = '-H "authorization: Bearer $KEY"';
  const json = `-H 'content-type: application/json'`;
  const body = JSON.stringify({ ...ids.settings, dataset: ids.dataset, model: ids.model });
  const query = `{"query":"{ run(id: \\"${ids.run}\\") { id state step totalSteps } }"}`;
  return [
    `export KEY='${apiKey}'`,
    '# keys',
    `curl -s ${url}/v1/apiKeys ${auth}`,
    `curl -s ${url}/v1/apiKeys ${auth} ${json} -d '{"name":"by hand","scopes":["read"]}'`,
    '# a dataset of inline rows, and a model',
    `curl -s ${url}/v1/datasets ${auth} ${json} -d '{"name":"xor","columns":["a","b","y"],"rows":${XOR_ROWS}}'`,
    `node -e 'console.log(JSON.stringify({name:"by hand",definition:JSON.parse(require("fs").readFileSync("examples/digits/model.json","utf8"))}))' | curl -s ${url}/v1/models ${auth} ${json} -d @-`,
    '# the same run again, and its state over GraphQL',
    `curl -s ${url}/v1/runs ${auth} ${json} -d '${body}'`,
    `curl -s ${url}/graphql ${auth} ${json} -d '${query}'`,
    '# live, as server-sent events',
    `curl -sN ${url}/v1/runs/${ids.run}/stream ${auth}`,
    '# live, over GraphQL (graphql-ws protocol)',
    `node examples/follow-run.mjs ${url} $KEY ${ids.run}`,
    ...(ids.checkpoint === null
      ? []
      : [
          '# the weights',
          `curl -s -o digits.safetensors '${url}/v1/checkpoints/${ids.checkpoint}/download?format=safetensors' ${auth}`,
        ]),
  ];
}

/** Prints the lines. */
export function printHandwork(ids: Ids): void {
  console.log('\nThe same by hand:\n');
  for (const line of handworkLines(ids)) console.log(`  ${line}`);
  console.log('');
}
