// The layer inside of a wrapper such as Bidirectional, read from the wrapper's settings.

import {
  noteKnownKeys,
  toPointer,
  toProblemItems,
  type ProblemItem,
  type ProblemWords,
} from '@gradstream/contracts';
import { z } from 'zod';
import { isModelClass } from './classes.js';
import type { Effort } from './effort.js';
import type { InnerLayer } from './layer.js';
import { otherClass, registry, unknownLayer } from './registry.js';
import { kerasObject } from './schemas.js';

/** Ends the reading of a layer whose problems are listed already. */
export class Refused extends Error {}

const innerSchema = z.strictObject({
  ...kerasObject,
  class_name: z.string(),
  config: z.looseObject({ trainable: z.boolean().optional() }),
});

const wrapped = (path: readonly PropertyKey[]): ProblemItem => ({
  pointer: toPointer(path),
  code: 'wrapperInWrapper',
  message: 'a wrapper inside of a wrapper is not supported',
  hint: 'Use one wrapper at a time, such as a TimeDistributed around each layer',
});

const modelInside = (path: readonly PropertyKey[]): ProblemItem => ({
  pointer: toPointer(path),
  code: 'modelInWrapper',
  message: 'a model inside of a wrapper is not supported',
  hint: "Only a Sequential model in Keras's format is: put a TimeDistributed around each layer of the model; Dense and normalization layers need none, for they work on the last axis",
});

/** Reads a layer at a path; lists its problems and throws Refused when there are any. */
export function readInner(
  definition: unknown,
  path: readonly PropertyKey[],
  words: ProblemWords,
  problems: ProblemItem[],
  effort?: Effort,
): InnerLayer {
  const refuse = (found: readonly ProblemItem[]): never => {
    for (const problem of found) problems.push(problem);
    throw new Refused('the inner layer has problems');
  };
  const { success, data, error } = innerSchema.safeParse(definition, { error: noteKnownKeys });
  if (!success) return refuse(toProblemItems(error.issues, path, words));
  const other = otherClass(data);
  if (other) return refuse([{ pointer: toPointer([...path, 'class_name']), ...other }]);
  if (isModelClass(data.class_name)) return refuse([modelInside([...path, 'class_name'])]);
  const read = registry.get(data.class_name);
  if (!read) {
    return refuse([{ pointer: toPointer([...path, 'class_name']), ...unknownLayer(data.class_name) }]);
  }
  const parsed = read(data.config);
  if (!parsed.ok) return refuse(toProblemItems(parsed.issues, [...path, 'config'], words));
  return {
    type: data.class_name,
    trainable: data.config.trainable !== false,
    build: (inputs) =>
      parsed.build({ ...inputs, ...(effort && { effort }) }, (_, below) =>
        refuse([wrapped([...path, 'config', ...below])]),
      ),
  };
}
