import {
  apiKeyPageSchema,
  apiKeySchema,
  type createApiKeySchema,
  createdApiKeySchema,
  currentApiKeySchema,
  type ApiKey,
  type CreatedApiKey,
  type CurrentApiKey,
  type Page,
} from '@gradstream/contracts';
import type { z } from 'zod';
import type { Http } from '../http.js';
import type { PageOptions } from '../types.js';

export type NewApiKey = z.input<typeof createApiKeySchema>;

/** API keys of the caller's project. */
export class KeysResource {
  constructor(private readonly http: Http) {}

  /** Makes a key; the answer is the only one that holds its secret. */
  async create(input: NewApiKey): Promise<CreatedApiKey> {
    return createdApiKeySchema.parse(await this.http.post('/v1/apiKeys', input));
  }

  /** The key that this client sends, and its project. Throws UNAUTHENTICATED when it is good for nothing. */
  async current(): Promise<CurrentApiKey> {
    return currentApiKeySchema.parse(await this.http.get('/v1/apiKeys/current'));
  }

  /** One page of keys, newest first. */
  async list(page: PageOptions = {}): Promise<Page<ApiKey>> {
    return apiKeyPageSchema.parse(await this.http.get('/v1/apiKeys', { query: { ...page } }));
  }

  /** Revokes a key at once. */
  async revoke(id: string): Promise<ApiKey> {
    return apiKeySchema.parse(await this.http.delete(`/v1/apiKeys/${id}`));
  }
}
