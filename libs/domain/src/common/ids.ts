import { GradstreamError, idPrefixes, idSchema, type Noun } from '@gradstream/contracts';
import { v7 as uuidv7 } from 'uuid';

/** A new id: prefix and UUIDv7 (RFC 9562), so that ids sort by time. */
export function newId(noun: Noun): string {
  return `${idPrefixes[noun]}_${uuidv7().replaceAll('-', '')}`;
}

/** The one answer to an id that is malformed, missing, or another project's. */
export function notFound(noun: string, id: string): GradstreamError {
  return new GradstreamError(
    'NOT_FOUND',
    `There is no ${noun} ${id.slice(0, 80)}, or this key's project has none of that id.`,
  );
}

/** The id, if it can be one of that noun. Throws NOT_FOUND. */
export function checkId(noun: Noun, id: string): string {
  if (!idSchema(noun).safeParse(id).success) throw notFound(noun, id);
  return id;
}
