import { z } from 'zod';

/** Prefixes of ids, by noun; what follows is a UUIDv7 in 32 hexadecimal digits. */
export const idPrefixes = {
  project: 'prj',
  apiKey: 'key',
  dataset: 'ds',
  model: 'mdl',
  run: 'run',
  checkpoint: 'ckpt',
  prediction: 'pred',
} as const;
export type Noun = keyof typeof idPrefixes;

/** The schema of the ids of one noun. */
export function idSchema(noun: Noun): z.ZodString {
  const prefix = idPrefixes[noun];
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `must be an id like ${prefix}_0192…`)
    .describe(`Id of a ${noun}: ${prefix}_ and a UUIDv7 in hexadecimal digits`);
}
