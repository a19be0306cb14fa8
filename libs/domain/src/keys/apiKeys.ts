// API keys: who may ask, and for what. A secret is shown once, at its creation; only its hash is stored.

import {
  GradstreamError,
  scopeSchema,
  type ApiKey,
  type CreateApiKey,
  type CreatedApiKey,
  type CurrentApiKey,
  type Page,
  type PageQuery,
} from '@gradstream/contracts';
import { ApiKeyRepository, Database, ProjectRepository, type ApiKeyRow } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, newId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { hashSecret, looksLikeSecret, newSecret } from './secret.js';

const listOf = ({ projectId: owner }: Principal): CursorList => ({ noun: 'apiKeys', owner });
/** How exact `lastUsedAt` is, in ms: not every request writes. */
const TOUCH_MS = 60_000;

/** A row as clients see it. */
function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: scopeSchema.array().parse(row.scopes),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}

/** Whether a key may be used now. */
const isActive = ({ revoked_at: revoked, expires_at: expires }: ApiKeyRow): boolean =>
  !revoked && (!expires || expires.getTime() > Date.now());

/** The refusal of a secret; it does not say which of the reasons holds. */
const refused = (): GradstreamError =>
  new GradstreamError(
    'UNAUTHENTICATED',
    'Send a valid key as "Authorization: Bearer gs_…"; this one is unknown, revoked or expired.',
  );

@Injectable()
export class ApiKeys {
  constructor(
    private readonly database: Database,
    private readonly keys: ApiKeyRepository,
    private readonly projects: ProjectRepository,
    private readonly idempotency: Idempotency,
  ) {}

  /** Who holds a secret. Throws UNAUTHENTICATED when it is unknown, revoked or expired. */
  async authenticate(secret: string): Promise<Principal> {
    if (!looksLikeSecret(secret)) throw refused();
    const row = await this.database.asSystem(() => this.keys.findBySecret(hashSecret(secret)));
    if (!row || !isActive(row)) throw refused();
    if (!row.last_used_at || Date.now() - row.last_used_at.getTime() > TOUCH_MS) {
      await this.database.asProject(row.project_id, () => this.keys.touch(row.project_id, row.id));
    }
    return { projectId: row.project_id, keyId: row.id, scopes: scopeSchema.array().parse(row.scopes) };
  }

  /** Throws UNAUTHENTICATED when the caller's key was revoked, or has expired, since it was authenticated. */
  async requireActive({ projectId, keyId }: Principal): Promise<void> {
    const row = await this.database.asProject(projectId, () => this.keys.find(projectId, keyId));
    if (!row || !isActive(row)) throw refused();
  }

  /** Makes a key of the caller's project. */
  async create(principal: Principal, input: CreateApiKey): Promise<CreatedApiKey> {
    requireScope(principal, 'admin');
    const { secret, prefix, sha256 } = newSecret();
    const { projectId } = principal;
    return this.database.asProject(projectId, async () => {
      const row = await this.keys.insert({
        id: newId('apiKey'),
        projectId,
        name: input.name,
        prefix,
        secretSha256: sha256,
        scopes: [...new Set(input.scopes)],
        expiresAt: input.expiresAt ?? null,
      });
      const created = { ...toApiKey(row), secret };
      await this.idempotency.keep(created);
      return created;
    });
  }

  /** Keys of the caller's project, revoked ones too, newest first. */
  async list(principal: Principal, query: PageQuery): Promise<Page<ApiKey>> {
    requireScope(principal, 'admin');
    const keyset = toKeyset(listOf(principal), query);
    const rows = await this.database.asProject(principal.projectId, () =>
      this.keys.list(principal.projectId, keyset),
    );
    return toPage(listOf(principal), rows, query, toApiKey);
  }

  /** The caller's own key and project, whatever its scopes. */
  async current({ projectId, keyId }: Principal): Promise<CurrentApiKey> {
    const row = await this.database.asProject(projectId, () => this.keys.find(projectId, keyId));
    const project = await this.database.asSystem(() => this.projects.find(projectId));
    if (!row || !project) throw refused(); // Deleted since it was authenticated.
    return { ...toApiKey(row), project };
  }

  async get(principal: Principal, id: string): Promise<ApiKey> {
    requireScope(principal, 'admin');
    const row = await this.database.asProject(principal.projectId, () =>
      this.keys.find(principal.projectId, checkId('apiKey', id)),
    );
    if (!row) throw notFound('apiKey', id);
    return toApiKey(row);
  }

  /** Revokes a key at once; again is no error. Throws CONFLICT for a project's last key that can manage keys. */
  async revoke(
    principal: Principal,
    id: string,
    precondition: Precondition = noPrecondition,
  ): Promise<ApiKey> {
    requireScope(principal, 'admin');
    const { projectId } = principal;
    return this.database.asProject(projectId, async () => {
      const admins = await this.keys.lockActiveWithScope(projectId, 'admin');
      if (admins.length === 1 && admins[0]?.id === id) {
        throw new GradstreamError(
          'CONFLICT',
          'This is the last key that can manage keys: make another with the scope "admin" first.',
        );
      }
      const found = await this.keys.lock(projectId, checkId('apiKey', id));
      if (!found) throw notFound('apiKey', id);
      precondition(toApiKey(found));
      const revoked = toApiKey(await this.keys.revoke(projectId, id));
      await this.idempotency.keep(revoked);
      return revoked;
    });
  }
}
