// API keys through all layers: REST, GraphQL, use case, SQL, row-level security.

import { describe, expect, test } from '@jest/globals';
import { Database } from '@gradstream/data';
import { ApiKeys } from '@gradstream/domain';
import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import { useApi } from '../support/app.js';
import { newProject } from '../support/projects.js';

const api = useApi();

describe('REST', () => {
  test('a key is made, used, listed and revoked', async () => {
    const made = await api.call('POST', '/v1/apiKeys', { body: { name: 'a', scopes: ['read'] } });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/v1/apiKeys/${String(made.body['id'])}`);
    const secret = String(made.body['secret']);
    expect(secret).toMatch(/^gs_[\w-]{8}_[\w-]{43}$/);
    expect((await api.call('GET', '/v1/models', { key: secret })).status).toBe(200);
    expect((await api.call('GET', '/v1/apiKeys', { key: secret })).status).toBe(403);
    const current = await api.call('GET', '/v1/apiKeys/current', { key: secret });
    expect(current.body).toMatchObject({
      ...{ id: made.body['id'], scopes: ['read'], project: { id: api.principal.projectId, name: 'default' } },
    });
    expect(JSON.stringify(current.body)).not.toContain(secret);
    const listed = await api.call('GET', '/v1/apiKeys?limit=100');
    expect(JSON.stringify(listed.body)).toContain(String(made.body['id']));
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    const revoked = await api.call('DELETE', `/v1/apiKeys/${String(made.body['id'])}`);
    expect(revoked.body['revokedAt']).not.toBeNull();
    expect((await api.call('GET', '/v1/models', { key: secret })).status).toBe(401);
    expect((await api.call('DELETE', `/v1/apiKeys/${String(made.body['id'])}`)).body).toEqual(revoked.body);
  });

  test('pages follow each other without a gap', async () => {
    for (let i = 0; i < 5; i++) await api.call('POST', '/v1/apiKeys', { body: { name: `page ${i}` } });
    const all = await api.call('GET', '/v1/apiKeys?limit=100');
    const ids: unknown[] = [];
    for (let after = ''; ;) {
      const page = await api.call('GET', `/v1/apiKeys?limit=2${after}`);
      ids.push(...(page.body['data'] as { id: string }[]).map(({ id }) => id));
      if (!page.body['hasMore']) break;
      after = `&after=${String(page.body['nextCursor'])}`;
    }
    expect(ids).toEqual((all.body['data'] as { id: string }[]).map(({ id }) => id));
  });

  test('an expired key is refused', async () => {
    const expiresAt = new Date(Date.now() - 1000).toISOString();
    const { body } = await api.call('POST', '/v1/apiKeys', { body: { name: 'old', expiresAt } });
    expect((await api.call('GET', '/v1/models', { key: String(body['secret']) })).body['code']).toBe(
      'UNAUTHENTICATED',
    );
  });

  test('the last key that can manage keys stays', async () => {
    const other = await newProject(api);
    const keys = api.app.get(ApiKeys);
    const { keyId } = other.principal;
    await expect(keys.revoke(other.principal, keyId)).rejects.toMatchObject({ code: 'CONFLICT' });
    const past = new Date(Date.now() - 1000).toISOString();
    await keys.create(other.principal, { name: 'expired', scopes: ['admin'], expiresAt: past });
    await expect(keys.revoke(other.principal, keyId)).rejects.toMatchObject({ code: 'CONFLICT' });
    await keys.create(other.principal, { name: 'second', scopes: ['admin'] });
    await expect(keys.revoke(other.principal, keyId)).resolves.toMatchObject({ id: keyId });
  });
});

describe('GraphQL', () => {
  test('makes, lists and revokes', async () => {
    const graphql = async (query: string): Promise<Record<string, unknown>> => {
      const { body } = await api.call('POST', '/graphql', { body: { query } });
      expect(body['errors']).toBeUndefined();
      return body['data'] as Record<string, unknown>;
    };
    const made = await graphql(
      'mutation { createApiKey(input: {name: "g", scopes: [read]}) { apiKey { id scopes } secret problem { code } } }',
    );
    expect(made).toMatchObject({ createApiKey: { apiKey: { scopes: ['read'] }, problem: null } });
    const { id } = (made as { createApiKey: { apiKey: { id: string } } }).createApiKey.apiKey;
    expect(
      JSON.stringify(await graphql('{ apiKeys(first: 100) { nodes { id } pageInfo { hasNextPage } } }')),
    ).toContain(id);
    expect(
      await graphql(`mutation { revokeApiKey(input: {id: "${id}"}) { apiKey { revokedAt } } }`),
    ).toMatchObject({ revokeApiKey: { apiKey: { revokedAt: expect.any(String) } } });
    const nulls =
      'mutation { createApiKey(input: {name: "n", scopes: null, expiresAt: null}) { apiKey { expiresAt } } }';
    expect(await graphql(nulls)).toEqual({ createApiKey: { apiKey: { expiresAt: null } } });
    const refused = await graphql(
      'mutation { createApiKey(input: {name: " ", scopes: []}) { secret problem { code errors { pointer } } } }',
    );
    expect(refused).toMatchObject({
      createApiKey: {
        secret: null,
        problem: { code: 'VALIDATION_FAILED', errors: [{ pointer: '/name' }, { pointer: '/scopes' }] },
      },
    });
  });
});

describe('storage', () => {
  test('holds the hash of a secret, and not the secret', async () => {
    const made = await api.app.get(ApiKeys).create(api.principal, { name: 'stored', scopes: ['read'] });
    const { rows } = await api.app.get(Database).asSystem(() =>
      sql<{
        row: string;
        hash: Buffer;
      }>`SELECT api_keys::text AS row, secret_sha256 AS hash FROM api_keys WHERE id = ${made.id}`.execute(
        api.app.get(Database).query,
      ),
    );
    expect(rows[0]?.hash.equals(createHash('sha256').update(made.secret).digest())).toBe(true);
    expect(rows[0]?.row).not.toContain(made.secret.slice('gs_12345678_'.length));
  });
});
