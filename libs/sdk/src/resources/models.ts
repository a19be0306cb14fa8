import {
  modelPageSchema,
  modelSchema,
  modelSummarySchema,
  modelVerdictSchema,
  type createModelSchema,
  type Model,
  type ModelSummary,
  type ModelVerdict,
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

  /** The layers of a model with shapes and parameters, and the totals. */
  async summary(id: string): Promise<ModelSummary> {
    return modelSummarySchema.parse(await this.http.get(`/v1/models/${id}/summary`));
  }

  /** Everything that is wrong with a model; nothing is stored. */
  async validate(input: NewModel): Promise<ModelVerdict> {
    return modelVerdictSchema.parse(await this.http.post('/v1/models/validate', input));
  }

  /** Deletes a model. Throws IN_USE when a run refers to it. */
  async delete(id: string): Promise<Model> {
    return modelSchema.parse(await this.http.delete(`/v1/models/${id}`));
  }

  /** One page of models, newest first. */
  async list(page: PageOptions = {}): Promise<Page<Model>> {
    return modelPageSchema.parse(await this.http.get('/v1/models', { query: { ...page } }));
  }
}
