// Schemas for editors, as clients get them.

import { expect, test } from '@jest/globals';
import { Gradstream } from '@gradstream/sdk';
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
