// The memory that a step of a run takes, by estimate, against what this installation allows.

import {
  createRunSchema,
  type CreateRun,
  type MemoryEstimate,
  type ProblemItem,
} from '@gradstream/contracts';
import { estimateMemory, type ModelGraph } from '@gradstream/models';

/** The settings of a run that its memory depends on. */
type MemoryPart = Pick<CreateRun, 'batchSize' | 'precision' | 'optimizer'>;

/** The defaults of a run. */
export const DEFAULTS: MemoryPart = createRunSchema
  .pick({ batchSize: true, precision: true, optimizer: true })
  .parse({});

/** Tensors that an optimizer keeps for each weight: Adam two moments, SGD one with momentum. */
function slotsOf(optimizer: CreateRun['optimizer']): number {
  if (optimizer.name === 'adam') return 2;
  return optimizer.momentum > 0 ? 1 : 0;
}

export const memoryOf = (
  graph: ModelGraph,
  { batchSize, precision, optimizer }: MemoryPart,
): MemoryEstimate => estimateMemory(graph, { batchSize, precision, slotsPerWeight: slotsOf(optimizer) });

const MIB = 2 ** 20;

/** An estimate above the limit in bytes; null is no limit. */
export function checkMemory({ total }: MemoryEstimate, limit: number | null): ProblemItem[] {
  if (limit === null || total <= limit) return [];
  const [needed, allowed] = [Math.ceil(total / MIB), Math.floor(limit / MIB)];
  const message = `a training step takes about ${needed} MiB, ${allowed} MiB are allowed here`;
  const hint = 'Use a smaller batchSize or a smaller model, or set TRAINING_MEMORY_MB of the API higher';
  return [{ pointer: '/batchSize', code: 'memoryLimit', message, hint }];
}
