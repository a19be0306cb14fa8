// JSON in the metadata of a weights file. It may be of any version of ours, so it is checked as a hostile file is.

import { invalidCheckpoint } from '@gradstream/models';
import type { z } from 'zod';

/** The file of a checkpoint that has the weights, and what they mean. */
export const WEIGHTS_FILE = 'model.safetensors';

/** A value of the metadata; undefined when it is not there. Throws CHECKPOINT_INVALID for one of another form. */
export function metadataValue<T>(
  metadata: ReadonlyMap<string, string>,
  key: string,
  schema: z.ZodType<T>,
): T | undefined {
  const text = metadata.get(key);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalidCheckpoint(WEIGHTS_FILE, `has metadata "${key}" of another form`, undefined, cause);
  }
}
