// Uploads as a browser sends them: from a page of one origin to the store, which is another one (Fetch standard, CORS).

import { describe, expect, jest, test } from '@jest/globals';
import { Gradstream, type Dataset } from '@gradstream/sdk';
import { useApi } from '../support/app.js';

jest.setTimeout(30_000);

const api = useApi();
const PAGE = 'http://dashboard.example:3000';
const MIB = 2 ** 20;

const client = (): Gradstream => new Gradstream({ url: api.url, apiKey: api.apiKey });
const planOf = (multipart: boolean): Promise<Dataset> =>
  client().datasets.create({
    name: 'from a browser',
    upload: { format: 'csv', bytes: multipart ? 6 * MIB : 4, ...(multipart ? { multipart: true } : {}) },
  });

/** Where a file, or the first part of it, is sent to. */
function addressOf({ upload, multipart }: Dataset): string {
  const url = upload?.url ?? multipart?.parts[0]?.url;
  if (url === undefined || url === null) throw new Error('the plan names a place');
  return url;
}

/** The names that a header lists, in lower case. */
const namesIn = (headers: Headers, header: string): string[] =>
  (headers.get(header) ?? '').split(',').map((name) => name.trim().toLowerCase());

describe.each([
  ['one PUT', false],
  ['parts', true],
])('in %s', (_, multipart) => {
  test('a preflight allows the PUT with its content type', async () => {
    const answer = await fetch(addressOf(await planOf(multipart)), {
      method: 'OPTIONS',
      headers: {
        origin: PAGE,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(answer.ok).toBe(true);
    expect(['*', PAGE]).toContain(answer.headers.get('access-control-allow-origin'));
    expect(namesIn(answer.headers, 'access-control-allow-methods')).toContain('put');
    expect(namesIn(answer.headers, 'access-control-allow-headers')).toContain('content-type');
  });

  test('the PUT is taken, and the page may read its ETag', async () => {
    const answer = await fetch(addressOf(await planOf(multipart)), {
      method: 'PUT',
      headers: { origin: PAGE, 'content-type': 'text/csv' },
      body: multipart ? new Uint8Array(5 * MIB) : 'a\n1\n',
    });
    expect(answer.status).toBe(200);
    expect(['*', PAGE]).toContain(answer.headers.get('access-control-allow-origin'));
    expect(namesIn(answer.headers, 'access-control-expose-headers')).toContain('etag');
    expect(answer.headers.get('etag')).toMatch(/\w{32}/);
  });
});

test('a page without a signature is refused, whatever its origin', async () => {
  const url = new URL(addressOf(await planOf(false)));
  url.search = '';
  for (const method of ['PUT', 'GET']) {
    const body = method === 'PUT' ? { body: 'a\n1\n' } : {};
    expect((await fetch(url, { method, headers: { origin: PAGE }, ...body })).status).toBe(403);
  }
});

test("the dashboard's pages may send to the store, and nowhere else but to their server", async () => {
  const { headers } = await api.call('GET', '/', { key: null });
  const { origin } = new URL(addressOf(await planOf(false)));
  const policy = headers.get('content-security-policy')?.split('; ');
  expect(policy).toContain(`connect-src 'self' ${origin}`);
});
