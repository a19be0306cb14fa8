// Schemas for editors, as clients get them.

import { expect, test } from '@jest/globals';
import { Gradstream } from '@gradstream/sdk';
import { controllers } from '../../apps/api/src/controllers.js';
import { createOpenApi } from '../../apps/api/src/openapi/document.js';
import { useApi } from '../support/app.js';

const api = useApi();

test.each(['run', 'model'] as const)(
  'the schema of a %s comes with an ETag, to those with a key',
  async (noun) => {
    const at = `/v1/schemas/${noun}`;
    const first = await api.call('GET', at);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
    expect(await new Gradstream({ url: api.url, apiKey: api.apiKey }).schemas[noun]()).toEqual(first.body);
    const etag = first.headers.get('etag') ?? '';
    expect(
      (
        await fetch(`${api.url}${at}`, {
          headers: { authorization: `Bearer ${api.apiKey}`, 'if-none-match': etag },
        })
      ).status,
    ).toBe(304);
    expect((await api.call('GET', at, { key: null })).status).toBe(401);
  },
);

test('OpenAPI takes a name alone for what has settings, in requests', () => {
  const { components } = createOpenApi(controllers) as {
    components: { schemas: Record<string, { properties: Record<string, object> }> };
  };
  const { properties = {} } = components.schemas['CreateRun'] ?? {};
  const lists = JSON.stringify(properties).match(/"enum":\[[^\]]*\]/g) ?? [];
  const has = (...names: string[]): boolean =>
    lists.some((list) => names.every((name) => list.includes(`"${name}"`)));
  expect([has('hinge', 'mse'), has('sgd', 'adamW'), has('constant', 'oneCycle')]).toEqual([true, true, true]);
});
