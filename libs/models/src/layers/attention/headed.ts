// What multi-head and grouped-query attention share.

import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import {
  ShapeError,
  showShape,
  sizeOf,
  type LayerContext,
  type LayerInputs,
  type LayerPlan,
  type Shape,
} from '../layer.js';
import { commonConfig, lengthSchema, seedSchema } from '../schemas.js';
import { bindArguments, checkSteps, optionsOf, sequence } from './arguments.js';
import { attend } from './attend.js';
import {
  project,
  projectionConfig,
  projectionFlops,
  projectionWeights,
  type ProjectionSettings,
} from './projection.js';
import { allOf, seenPlaces, type Seen } from './seen.js';

/** Settings of both. */
export const headedConfig = {
  ...commonConfig,
  ...projectionConfig,
  dropout: z.number().min(0).lt(1).default(0),
  use_gate: z.boolean().default(false),
  sliding_window: lengthSchema.nullish(),
  flash_attention: z
    .literal(false, {
      error: 'there is no flash attention kernel here: leave it out, the result is the same',
    })
    .nullish(),
  seed: seedSchema,
};

interface HeadedSettings extends ProjectionSettings {
  readonly dropout: number;
  readonly use_gate: boolean;
  readonly sliding_window?: number | null | undefined;
}

export interface HeadedShape {
  readonly heads: number;
  /** Heads of keys and values. */
  readonly groups: number;
  readonly keyDim: number;
  readonly valueDim: number;
  /** Features of the output; those of the query when null. */
  readonly output: Shape | null;
}

/** Whether a mask broadcasts to [heads, queries, keys] with one for all heads left out or not. */
function checkMask(mask: Shape, [heads, queries, keys]: readonly [number, number, number]): void {
  const wanted = [heads, queries, keys].slice(-mask.length);
  if (
    (mask.length === 2 || mask.length === 3) &&
    mask.every((length, axis) => length === 1 || length === wanted[axis])
  )
    return;
  const message = `takes an attention_mask of [queries, keys], here ${showShape([queries, keys])}, it is given ${showShape(mask)}`;
  throw new ShapeError(message, 'An axis may have the length 1; the axis of the heads may lead');
}

export function headedAttention(settings: HeadedSettings, dims: HeadedShape, inputs: LayerInputs): LayerPlan {
  const { heads, groups, keyDim, valueDim } = dims;
  const bound = bindArguments(inputs);
  const { causal, withScores } = optionsOf(inputs);
  const places = {
    query: bound.get('query') ?? 0,
    value: bound.get('value') ?? 0,
    key: bound.get('key') ?? bound.get('value') ?? 0,
  };
  const shapeOf = (name: 'query' | 'value' | 'key') => sequence(inputs.shapes[places[name]] ?? [], name);
  const [query, value, key] = [shapeOf('query'), shapeOf('value'), shapeOf('key')];
  checkSteps(value.steps, key.steps);
  const maskPlace = bound.get('attention_mask');
  if (maskPlace !== undefined) checkMask(inputs.shapes[maskPlace] ?? [], [heads, query.steps, key.steps]);

  const output = dims.output ?? [query.features];
  const projections = [
    { name: 'query', steps: query.steps, from: [query.features], to: [heads, keyDim] },
    { name: 'key', steps: key.steps, from: [key.features], to: [groups, keyDim] },
    ...(settings.use_gate
      ? [{ name: 'gate', steps: query.steps, from: [query.features], to: [heads, valueDim] }]
      : []),
    { name: 'value', steps: value.steps, from: [value.features], to: [groups, valueDim] },
    { name: 'attention_output', steps: query.steps, from: [heads, valueDim], to: output },
  ];
  const pairs = heads * query.steps * key.steps;
  const projected = projections.slice(0, -1);

  /** Which keys are seen, or null where all are. */
  const seenKeys = ({ gs, masks }: LayerContext, tensors: readonly Tensor[]): Seen | null => {
    const window = settings.sliding_window ?? null;
    const fixed = seenPlaces(gs, [query.steps, key.steps], { causal, window });
    const given = maskPlace === undefined ? null : (tensors[maskPlace]?.notEqual(0) ?? null);
    const [queries, values, keys] = [
      masks[places.query],
      masks[places.value],
      bound.has('key') ? masks[places.key] : null,
    ];
    const varying = allOf(gs, [
      queries?.reshape([-1, 1, query.steps, 1]) ?? null,
      values?.reshape([-1, 1, 1, key.steps]) ?? null,
      keys?.reshape([-1, 1, 1, key.steps]) ?? null,
      given?.rank === 3 ? given.expandDims(1) : given,
    ]);
    const mask = allOf(gs, [varying, fixed]);
    return mask && { mask, always: varying === null && window === null };
  };
  return {
    outputs: withScores
      ? [
          [query.steps, ...output],
          [heads, query.steps, key.steps],
        ]
      : [[query.steps, ...output]],
    weights: projections.flatMap(({ name, from, to }) => projectionWeights(settings, name, from, to)),
    flops:
      projections.reduce((sum, { steps, from, to }) => sum + steps * projectionFlops(settings, from, to), 0) +
      pairs * (2 * keyDim + 2 * valueDim + 5),
    kept:
      projected.reduce((sum, { steps, to }) => sum + steps * sizeOf(to), 0) +
      query.steps * heads * valueDim +
      pairs * (settings.dropout > 0 ? 3 : 1),
    mask: ({ masks }) => masks[places.query] ?? null,
    call: (context, tensors) => {
      const input = (name: keyof typeof places): Tensor => {
        const tensor = tensors[places[name]];
        if (!tensor) throw new Error(`an attention layer was called without its ${name}`);
        return tensor;
      };
      const headsFirst = (name: keyof typeof places, to: Shape, scale = 1): Tensor =>
        project(context, settings, name, input(name), { to, scale }).transpose([0, 2, 1, 3]);
      const { mixed, weights } = attend(
        context,
        {
          query: headsFirst('query', [heads, keyDim], 1 / Math.sqrt(keyDim)),
          key: headsFirst('key', [groups, keyDim]),
          value: headsFirst('value', [groups, valueDim]),
        },
        {
          seen: seenKeys(context, tensors),
          dropout: settings.dropout,
          zeroUnseen: settings.dropout > 0 || withScores,
        },
      );
      const gated = settings.use_gate
        ? mixed.mul(
            project(context, settings, 'gate', input('query'), { to: [heads, valueDim], gated: true }),
          )
        : mixed;
      const result = project(context, settings, 'attention_output', gated, { to: output });
      return withScores ? [result, weights] : result;
    },
  };
}
