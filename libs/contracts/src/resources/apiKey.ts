import { z } from 'zod';
import { idSchema } from '../common/ids.js';
import { nameSchema, pageSchema, timestampSchema } from '../common/pages.js';

/** What a key may do. `admin` includes the rest and is needed to manage keys. */
export const scopes = ['read', 'write', 'admin'] as const;
export const scopeSchema = z.enum(scopes).meta({ id: 'Scope' });
export type Scope = z.infer<typeof scopeSchema>;

export const createApiKeySchema = z
  .strictObject({
    name: nameSchema,
    scopes: z.array(scopeSchema).min(1).default(['read', 'write']),
    expiresAt: timestampSchema.optional(),
  })
  .meta({ id: 'CreateApiKey' });
export type CreateApiKey = z.infer<typeof createApiKeySchema>;

export const apiKeySchema = z
  .object({
    id: idSchema('apiKey'),
    name: z.string(),
    prefix: z.string().describe('The start of the key, enough to recognise it'),
    scopes: z.array(scopeSchema),
    createdAt: timestampSchema,
    expiresAt: timestampSchema.nullable(),
    lastUsedAt: timestampSchema.nullable(),
    revokedAt: timestampSchema.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof apiKeySchema>;

/** The key that a request came with, and the project that it is of. */
export const currentApiKeySchema = apiKeySchema
  .extend({ project: z.object({ id: z.string(), name: z.string() }) })
  .meta({ id: 'CurrentApiKey' });
export type CurrentApiKey = z.infer<typeof currentApiKeySchema>;

/** The answer to a creation: the only time that the secret is shown. */
export const createdApiKeySchema = apiKeySchema.extend({ secret: z.string() }).meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof createdApiKeySchema>;

export const apiKeyPageSchema = pageSchema(apiKeySchema).meta({ id: 'ApiKeyPage' });
