// What editors complete run specs and model definitions from.

import { jsonSchemaSchema, type JsonSchemaDocument } from '@gradstream/contracts';
import { Schemas, type Principal } from '@gradstream/domain';
import { Controller } from '@nestjs/common';
import { GetEndpoint } from '../http/endpoint.js';
import { Caller } from '../http/request.js';

const schema = { scope: 'read', etag: true, response: jsonSchemaSchema } as const;

@Controller('v1/schemas')
export class SchemasController {
  constructor(private readonly schemas: Schemas) {}

  @GetEndpoint('run', { summary: 'JSON Schema of a run as it is posted', ...schema })
  run(@Caller() caller: Principal): JsonSchemaDocument {
    return { ...this.schemas.run(caller) };
  }

  @GetEndpoint('model', { summary: "JSON Schema of a model's definition", ...schema })
  model(@Caller() caller: Principal): JsonSchemaDocument {
    return { ...this.schemas.model(caller) };
  }
}
