// What a played worker tells of a run: numbers that are known, so that what is read of them can be compared.

import type { NewFrame } from '@gradstream/contracts';
import type { Attempts, ClaimedAttempt } from '@gradstream/domain';
import { frameOf } from './runs.js';

/** A number that looks random and is the same each time. */
const noise = (step: number): number =>
  Math.sin(step * 12.9898) * 43758.5453 - Math.floor(Math.sin(step * 12.9898) * 43758.5453);
/** The loss of a step: mostly noise, now and then NaN, and very high once. */
export const lossAt = (step: number, attempt = 1): number =>
  step === 7777 ? 1e9 : step % 5000 === 4999 ? Number.NaN : attempt + noise(step);

/** Tells steps, with a validation each 1000 and gradients each step, as a trainer does. */
export async function tell(
  attempts: Attempts,
  claim: ClaimedAttempt,
  from: number,
  to: number,
): Promise<void> {
  let position = await attempts.position(claim);
  for (let first = from; first <= to; first += 500) {
    const frames: NewFrame[] = [];
    for (let step = first; step < first + 500 && step <= to; step++) {
      frames.push(frameOf(step, { loss: lossAt(step, claim.attempt), rate: 1 }));
      frames.push({ ...frameOf(step, { 'a/norm': step }), kind: 'gradients' });
      if (step % 1000 === 0) frames.push(frameOf(step, { valLoss: step }));
    }
    position = await attempts.appendFrames(claim, frames, position);
  }
}

/** Stores frames in batches, as a worker does. */
export async function append(
  attempts: Attempts,
  claim: ClaimedAttempt,
  frames: readonly NewFrame[],
): Promise<void> {
  let position = await attempts.position(claim);
  for (let at = 0; at < frames.length; at += 500)
    position = await attempts.appendFrames(claim, frames.slice(at, at + 500), position);
}
