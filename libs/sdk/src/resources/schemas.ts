import { jsonSchemaSchema, type JsonSchemaDocument } from '@gradstream/contracts';
import type { Http } from '../http.js';

/** JSON Schemas, draft 2020-12, for editors. They are of the server's version, and change with it alone. */
export class SchemasResource {
  constructor(private readonly http: Http) {}

  /** Of a run as `runs.create` takes it, with an inline model in full. */
  async run(): Promise<JsonSchemaDocument> {
    return jsonSchemaSchema.parse(await this.http.get('/v1/schemas/run'));
  }

  /** Of a model's definition: the shorthand in full, and the outer form of Keras's and TensorFlow.js's. */
  async model(): Promise<JsonSchemaDocument> {
    return jsonSchemaSchema.parse(await this.http.get('/v1/schemas/model'));
  }
}
