import { z } from 'zod';
import { datasetStateSchema } from './dataset.js';
import { runStateSchema } from '../run/run.js';

const count = z.int().min(0);

/** A project, and how much is in it. */
export const projectSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    runs: z.partialRecord(runStateSchema, count).describe('By state; states of no run are left out'),
    datasets: z.partialRecord(datasetStateSchema, count).describe('By state'),
    models: count,
  })
  .meta({ id: 'Project' });
export type Project = z.infer<typeof projectSchema>;
