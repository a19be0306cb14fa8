// Which of the signs above a chart have room: signs that would lie on one another are left out.

import type { MarkKind } from './marks.js';

interface Sign {
  /** The middle of it, in pixels. */
  readonly left: number;
  readonly kind: MarkKind;
}

/** The signs that have so many pixels from any other one, in their order; checkpoints, of which there are many, come last. */
export function signsWithRoom<Shown extends Sign>(signs: readonly Shown[], room: number): Shown[] {
  const placed: Shown[] = [];
  const isRoutine = ({ kind }: Shown): boolean => kind === 'checkpoint';
  for (const sign of [...signs.filter((one) => !isRoutine(one)), ...signs.filter(isRoutine)])
    if (placed.every(({ left }) => Math.abs(left - sign.left) >= room)) placed.push(sign);
  return placed;
}
