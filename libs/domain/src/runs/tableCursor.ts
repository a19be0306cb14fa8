// Where a table of runs goes on: after which row, in which order. A cursor is of no use in another order.

import {
  GradstreamError,
  fromWireNumber,
  storable,
  toWireNumber,
  wireNumberSchema,
} from '@gradstream/contracts';
import type { SortKey } from '@gradstream/data';
import { z } from 'zod';

export interface TablePosition {
  readonly key: SortKey;
  readonly id: string;
  /** Until when runs that go on have lasted. */
  readonly asOf: string;
}

const positionSchema = z.strictObject({
  of: z.string(),
  key: z.union([
    z.object({ text: z.string().check(storable) }),
    z.object({ number: wireNumberSchema }),
    z.null(),
  ]),
  id: z.string().regex(/^run_[0-9a-f]{32}$/),
  asOf: z.iso.datetime({ precision: 3 }).refine((time) => time >= '2000'),
});

const toWire = (key: SortKey): z.infer<typeof positionSchema>['key'] =>
  key === null ? null : typeof key === 'string' ? { text: key } : { number: toWireNumber(key) };

/** The cursor of a row; `of` names the list and its order. */
export const encodePosition = (of: string, { key, id, asOf }: TablePosition): string =>
  Buffer.from(JSON.stringify({ of, key: toWire(key), id, asOf })).toString('base64url');

/** Where a cursor stands whose keys are of a kind. Throws BAD_CURSOR. */
export function decodePosition(of: string, kind: 'text' | 'number', cursor: string): TablePosition {
  try {
    const { key, ...position } = positionSchema.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString()),
    );
    if (position.of === of && (key === null || kind in key))
      return {
        ...{ id: position.id, asOf: position.asOf },
        key: key === null ? null : 'text' in key ? key.text : fromWireNumber(key.number),
      };
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof z.ZodError)) throw cause;
  }
  throw new GradstreamError(
    'BAD_CURSOR',
    'Pass a cursor as it was given out for this list in this order, or none to start from the beginning.',
  );
}
