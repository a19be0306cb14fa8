import {
  modelPageSchema,
  modelSchema,
  type createModelSchema,
  type Model,
  type Page,
} from '@gradstream/contracts';
import type { z } from 'zod';
import type { Http } from '../http.js';
import type { PageOptions } from '../types.js';

export type NewModel = z.input<typeof createModelSchema>;

/** Models of the caller's project. */
export class ModelsResource {
  constructor(private readonly http: Http) {}

  /** Stores a model. Throws MODEL_INVALID with a JSON pointer to each mistake. */
  async create(input: NewModel): Promise<Model> {
    return modelSchema.parse(await this.http.post('/v1/models', input));
  }

  async get(id: string): Promise<Model> {
    return modelSchema.parse(await this.http.get(`/v1/models/${id}`));
  }

  /** One page of models, newest first. */
  async list(page: PageOptions = {}): Promise<Page<Model>> {
    return modelPageSchema.parse(await this.http.get('/v1/models', { query: { ...page } }));
  }
}
