// The first start of an installation makes a project and a key, for otherwise nobody could make any.

import { ApiKeyRepository, Database, ProjectRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newId } from '../common/ids.js';
import { newSecret } from './secret.js';

@Injectable()
export class FirstKey {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectRepository,
    private readonly keys: ApiKeyRepository,
  ) {}

  /**
   * Makes project and key unless there is a project. The file `key.json` (0600) is written before the
   * transaction ends, so that a key never exists that nobody knows. Returns null when nothing was to do.
   */
  async ensure(folder: string, url: string): Promise<{ secret: string; file: string } | null> {
    return this.database.asSystem(async () => {
      await this.projects.lockFirstStart();
      if (await this.projects.exists()) return null;
      const projectId = newId('project');
      const { secret, prefix, sha256 } = newSecret();
      await this.projects.insert(projectId, 'default');
      const id = newId('apiKey');
      await this.keys.insert({
        id,
        projectId,
        name: 'first key',
        prefix,
        secretSha256: sha256,
        scopes: ['admin'],
        expiresAt: null,
      });
      const file = path.join(folder, 'key.json');
      await mkdir(folder, { recursive: true });
      await writeFile(`${file}.part`, `${JSON.stringify({ url, apiKey: secret }, null, 2)}\n`, {
        mode: 0o600,
      });
      await rename(`${file}.part`, file);
      return { secret, file };
    });
  }
}
