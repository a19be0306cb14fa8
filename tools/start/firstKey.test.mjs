// A server that is started without these tools shows its first key itself, once.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { freePort } from '../lib/processes.mjs';
import { migrate } from '../migrate.mjs';
import { tensorflowFolder } from '../setup/parts.mjs';
import { ADDRESSES, processesOf, temporaryFolder, Tool } from '../testing/support.mjs';

test('the first key is on stdout at the first start alone', async (t) => {
  const env = { ...ADDRESSES, DATABASE_URL: undefined, TENSORFLOW_DIR: tensorflowFolder() };
  const data = await temporaryFolder(t, async (GRADSTREAM_DATA) => {
    await new Tool(['tools/services.mjs', 'down'], { ...env, GRADSTREAM_DATA }).end();
  });
  const up = await new Tool(['tools/services.mjs', 'up'], { ...env, GRADSTREAM_DATA: data }).end();
  assert.equal(up.code, 0, up.output);
  const { ports, password } = JSON.parse(await readFile(path.join(data, 'services.json'), 'utf8'));
  const DATABASE_URL = `postgres://gradstream:${password}@127.0.0.1:${ports.postgres}/gradstream`;
  await migrate(DATABASE_URL);

  const port = await freePort();
  const own = { ...env, DATABASE_URL, PORT: String(port), HOST: '127.0.0.1', GRADSTREAM_DATA: data };
  const first = new Tool(['apps/api/dist/main.js'], own);
  await first.said('It is also in');
  const { apiKey } = JSON.parse(await readFile(path.join(data, 'key.json'), 'utf8'));
  assert.deepEqual(first.output.match(/gs_[\w-]{20,}/g), [apiKey]);
  first.child.kill('SIGTERM');
  await first.end();

  const second = new Tool(['apps/api/dist/main.js'], own);
  await second.said('listening');
  const headers = { authorization: `Bearer ${apiKey}` };
  assert.equal((await fetch(`http://127.0.0.1:${port}/v1/apiKeys`, { headers })).status, 200);
  second.child.kill('SIGTERM');
  assert.doesNotMatch((await second.end()).output, /gs_/);
  assert.equal(processesOf(data).length > 0, true); // Postgres: the folder's clean-up stops it.
});
