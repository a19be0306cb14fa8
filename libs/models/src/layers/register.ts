// A layer type as the registry knows it: the types of its settings and of its rule meet in here.

import { noteKnownKeys } from '@gradstream/contracts';
import type { z } from 'zod';
import { ShapeError, type LayerInputs, type LayerPlan, type LayerType, type ReadInner } from './layer.js';
import { tooWide } from './schemas.js';

export type ReadLayer =
  | {
      readonly ok: true;
      /** The parameters of a call by name, in their order; none where that is left to the layer. */
      readonly parameters: readonly string[] | null;
      /** Throws ShapeError or SettingError. */
      readonly build: (inputs: LayerInputs, readInner: ReadInner) => LayerPlan;
      /** What is wrong with the options of a call. */
      readonly checkOptions: (options: Readonly<Record<string, unknown>>) => readonly z.core.$ZodIssue[];
    }
  | { readonly ok: false; readonly issues: readonly z.core.$ZodIssue[] };

/** Reads settings; what it gives builds the layer for inputs. */
export interface RegisteredLayer {
  (config: unknown): ReadLayer;
  /** What settings it reads, under Keras's names. */
  readonly settings: z.ZodType;
}

/** Whether an option of a call is one that every call may have: `training`, which the graph knows, and no mask. */
const isCommon = (name: string, value: unknown): boolean =>
  name === 'training' ? value === null || typeof value === 'boolean' : name === 'mask' && value === null;

/** Refuses a wrong number of inputs. */
function checkCount({ shapes }: LayerInputs, { least, most }: { least: number; most: number }): void {
  if (shapes.length >= least && shapes.length <= most) return;
  const wanted =
    least === most ? String(least) : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  const message = `takes ${wanted} ${wanted === '1' ? 'input' : 'inputs'}, it is given ${shapes.length}`;
  throw new ShapeError(message, 'Connect it to as many layers as it takes inputs');
}

export function register<Config>(type: LayerType<Config>): RegisteredLayer {
  const { config, callOptions, parameters = null, inputs: count = { least: 1, most: 1 }, build } = type;
  const read = (given: unknown): ReadLayer => {
    const refused = tooWide(given);
    if (refused) return { ok: false, issues: [refused] };
    const { success, data, error } = config.safeParse(given, { error: noteKnownKeys });
    if (!success) return { ok: false, issues: error.issues };
    return {
      ok: true,
      parameters,
      build: (inputs, readInner) => {
        checkCount(inputs, count);
        return build(data, inputs, readInner);
      },
      checkOptions: (options) => {
        const set = Object.entries(options).filter(([name, value]) => !isCommon(name, value));
        const rest = Object.fromEntries(set);
        if (callOptions) return callOptions.safeParse(rest, { error: noteKnownKeys }).error?.issues ?? [];
        const keys = Object.keys(rest);
        if (keys.length === 0) return [];
        return [{ code: 'unrecognized_keys', keys, path: [], message: '', input: options }];
      },
    };
  };
  return Object.assign(read, { settings: config });
}
