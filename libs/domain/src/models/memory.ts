// The memory that a step of a run takes, by estimate, against what this installation allows.

import {
  createRunSchema,
  type CreateRun,
  type MemoryEstimate,
  type ProblemItem,
} from '@gradstream/contracts';
import { estimateMemory, segmentsOf, type ModelGraph } from '@gradstream/models';

/** The settings of a run that its memory depends on. */
type MemoryPart = Pick<CreateRun, 'batchSize' | 'precision' | 'optimizer' | 'accumulate' | 'checkpointing'>;

/** The defaults of a run. */
export const DEFAULTS: MemoryPart = createRunSchema
  .pick({ batchSize: true, precision: true, optimizer: true, accumulate: true, checkpointing: true })
  .parse({});

/** Tensors of its size that an optimizer keeps for a weight, in their own papers' terms: moments, averages, accumulators. */
function ownSlots(optimizer: CreateRun['optimizer']): number {
  switch (optimizer.name) {
    case 'sgd':
      return optimizer.momentum > 0 ? 1 : 0;
    case 'rmsprop':
      return 1 + Number(optimizer.momentum > 0) + Number(optimizer.centered);
    case 'adam':
    case 'adamW':
      return optimizer.amsgrad ? 3 : 2;
    case 'adagrad':
    case 'lion':
      return 1;
    case 'adafactor':
      return 0; // A row and a column of a matrix.
    default:
      return 2;
  }
}

/** All copies of a weight that are kept: slots, its moving average, the gradients of other batches. */
const slotsOf = ({ optimizer, accumulate }: Pick<MemoryPart, 'optimizer' | 'accumulate'>): number =>
  ownSlots(optimizer) + Number(optimizer.ema !== null) + Number(accumulate > 1);

export const memoryOf = (
  graph: ModelGraph,
  { batchSize, precision, checkpointing, ...updates }: MemoryPart,
): MemoryEstimate =>
  estimateMemory(graph, {
    batchSize,
    // The worker that runs it decides; float32 takes more.
    precision: precision === 'auto' ? 'float32' : precision,
    slotsPerWeight: slotsOf(updates),
    segments: segmentsOf(graph, checkpointing.activations === 'none' ? 'none' : 'blocks'),
  });

/** How a run keeps activations: `auto` is blocks where the estimate without them is above the limit in bytes. */
export function resolveActivations(
  graph: ModelGraph,
  part: MemoryPart,
  limit: number | null,
): MemoryPart['checkpointing'] {
  if (part.checkpointing.activations !== 'auto') return part.checkpointing;
  const kept = { activations: 'none' } as const;
  const isAbove = limit !== null && memoryOf(graph, { ...part, checkpointing: kept }).total > limit;
  return isAbove ? { activations: 'blocks' } : kept;
}

const MIB = 2 ** 20;

/** An estimate above the limit in bytes; null is no limit. */
export function checkMemory({ total }: MemoryEstimate, limit: number | null): ProblemItem[] {
  if (limit === null || total <= limit) return [];
  const [needed, allowed] = [Math.ceil(total / MIB), Math.floor(limit / MIB)];
  const message = `a training step takes about ${needed} MiB, ${allowed} MiB are allowed here`;
  const hint = 'Use a smaller batchSize or a smaller model, or set TRAINING_MEMORY_MB of the API higher';
  return [{ pointer: '/batchSize', code: 'memoryLimit', message, hint }];
}
