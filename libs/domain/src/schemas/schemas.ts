// JSON Schemas (draft 2020-12) of what people write by hand, for editors that complete and check it.

import { addBareNames, createRunSchema } from '@gradstream/contracts';
import { modelJsonSchema, type JsonSchema } from '@gradstream/models';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { requireScope, type Principal } from '../common/principal.js';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** A model's definition, in each of its forms. */
function modelSchema(): JsonSchema {
  return { $schema: DRAFT, ...modelJsonSchema() };
}

/** A run as it is posted; what an inline definition of a model may be is said in full. */
function runSchema(): JsonSchema {
  const options = { io: 'input', unrepresentable: 'any', override: addBareNames } as const;
  const { $defs = {}, ...root } = z.toJSONSchema(createRunSchema, options);
  const model = modelJsonSchema();
  return {
    ...root,
    $schema: DRAFT,
    $defs: { ...$defs, ...model.$defs, ModelDefinition: { $ref: '#/$defs/Model' } },
  };
}

@Injectable()
export class Schemas {
  #run: JsonSchema | undefined;
  #model: JsonSchema | undefined;

  /** Of `POST /v1/runs`. What needs the dataset or the model as a whole is said by `validate` alone. */
  run(principal: Principal): JsonSchema {
    requireScope(principal, 'read');
    return (this.#run ??= runSchema());
  }

  /** Of a model's definition. */
  model(principal: Principal): JsonSchema {
    requireScope(principal, 'read');
    return (this.#model ??= modelSchema());
  }
}
