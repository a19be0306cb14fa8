// Writes openapi.json and schema.graphql into a folder, from the code that serves them. Needs no service.

import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { controllers } from './controllers.js';
import { loadTypeDefs } from './graphql/typeDefs.js';
import { createOpenApi } from './openapi/document.js';

const [folder = 'generated'] = process.argv.slice(2);
const document = createOpenApi(controllers);
writeFileSync(path.join(folder, 'openapi.json'), `${JSON.stringify(document, null, 2)}\n`);
writeFileSync(
  path.join(folder, 'schema.graphql'),
  `${printSchema(lexicographicSortSchema(buildSchema(loadTypeDefs())))}\n`,
);
