// How the steps of a training are computed: what settings say, what the machine decides, and what becomes of it.

import { GradstreamError, type Execution, type TrainingSettings } from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';

/** What a training computes in; without the float64 of the engine's checks. */
export type TrainingPrecision = NonNullable<Execution['precision']>;

const hasGpu = (gs: Engine): boolean => gs.describe().devices.some(({ type }) => type === 'GPU');

/**
 * What steps are to compute in. Throws VALIDATION_FAILED for a precision that this machine cannot compute in. `auto` is
 * float32 on a GPU, of which it is not known whether bfloat16 is faster, and where XLA may compile the step, for it compiles
 * in float32.
 */
export function precisionOf(
  gs: Engine,
  { precision, executor }: Pick<TrainingSettings, 'precision' | 'executor'>,
): TrainingPrecision {
  if (precision === 'auto') {
    const pays = gs.describe().cpu.bfloat16Pays && !hasGpu(gs);
    return pays && (executor === 'captured' || executor === 'eager') ? 'bfloat16' : 'float32';
  }
  if (precision !== 'float16' || hasGpu(gs)) return precision;
  const detail =
    'The precision float16 needs a GPU, and there is none here: use "bfloat16" or "float32", or a machine with a GPU.';
  throw new GradstreamError('VALIDATION_FAILED', detail);
}

/** What steps really compute in: float32 where the device has no half precision, and under XLA. */
function computedIn(
  gs: Engine,
  precision: TrainingPrecision,
  executor: Execution['executor'],
): TrainingPrecision {
  if (executor === 'xla') return 'float32';
  return precision === 'bfloat16' && !gs.describe().cpu.hasBfloat16 && !hasGpu(gs) ? 'float32' : precision;
}

interface Executed {
  readonly gs: Engine;
  readonly settings: TrainingSettings;
  readonly precision: TrainingPrecision;
  readonly steps: { readonly executor: Execution['executor'] | null };
}

/** How steps are computed: what ran them, before the first one what is to; `chosen` where `auto` decides. */
export function executionOf(
  { gs, steps, settings, precision }: Executed,
  chosen: Execution['executor'],
): Execution & { readonly precision: TrainingPrecision } {
  const { threads, devices } = gs.describe();
  const executor = steps.executor ?? (settings.executor === 'auto' ? chosen : settings.executor);
  return {
    device: devices[0]?.name ?? 'CPU',
    executor,
    precision: computedIn(gs, precision, executor),
    intraOpThreads: threads.intraOp,
    interOpThreads: threads.interOp,
  };
}

/**
 * Whether a step computes the same bits whatever it tells: then time may decide how often it tells norms. XLA compiles each
 * form for itself, and Grappler's rewrites for float16 depend on who else uses a value.
 */
export const isSteady = ({
  settings: { executor },
  precision,
}: Pick<Executed, 'settings' | 'precision'>): boolean =>
  (executor === 'captured' || executor === 'eager') && precision !== 'float16';
