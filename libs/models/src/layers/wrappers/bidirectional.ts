import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import { isRecord } from '../../objects/forms.js';
import { penalty } from '../../regularizers/index.js';
import {
  SettingError,
  ShapeError,
  showShape,
  sizeOf,
  type InnerLayer,
  type LayerPlan,
  type LayerType,
  type Shape,
} from '../layer.js';
import { checkNames, PARAMETERS } from '../recurrent/checks.js';
import { commonConfig } from '../schemas.js';
import { directions } from './directions.js';
import { contextWithin, weightsWithin } from './inner.js';

const modes = ['concat', 'sum', 'mul', 'ave'] as const;
const config = z.strictObject({
  ...commonConfig,
  layer: z.unknown(),
  backward_layer: z.unknown().optional(),
  merge_mode: z.enum(modes).nullable().default('concat'),
});
type Mode = z.infer<typeof config>['merge_mode'];

const RECURRENT = new Set(['SimpleRNN', 'LSTM', 'GRU', 'ConvLSTM2D']);

function mergedShapes(mode: Mode, forward: Shape, backward: Shape): Shape[] {
  if (mode === null) return [forward, backward];
  if (mode !== 'concat') return [forward];
  return [[...forward.slice(0, -1), (forward.at(-1) ?? 0) + (backward.at(-1) ?? 0)]];
}

function merge(mode: Mode, forward: Tensor, backward: Tensor): Tensor[] {
  switch (mode) {
    case null:
      return [forward, backward];
    case 'concat':
      return [forward.concat(backward, -1)];
    case 'sum':
      return [forward.add(backward)];
    case 'mul':
      return [forward.mul(backward)];
    case 'ave':
      return [forward.add(backward).mul(0.5)];
  }
}

const listOf = (result: ReturnType<LayerPlan['call']>): readonly Tensor[] =>
  Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];

/** Keras `Bidirectional`: a recurrent layer over the sequence and another one over its reverse. */
export const bidirectional: LayerType<z.infer<typeof config>> = {
  config,
  parameters: PARAMETERS,
  inputs: { least: 1, most: 5 },
  build: (settings, inputs, readInner) => {
    const other = settings.backward_layer ?? null;
    for (const name of ['layer', 'backward_layer'] as const) {
      const { [name]: given } = settings;
      const type = isRecord(given) ? given['class_name'] : null;
      if (typeof type !== 'string' || RECURRENT.has(type)) continue;
      readInner(given, [name]); // What is no layer at all is refused as such.
      const hint = `Use ${[...RECURRENT].join(', ')}`;
      throw new SettingError([name, 'class_name'], `"${type}" has no direction`, hint);
    }
    const { returnsSequences, ...given } = directions(settings.layer, other);
    const layers = {
      forward: readInner(given.forward, ['layer']),
      backward: readInner(given.backward, [other === null ? 'layer' : 'backward_layer']),
    };
    checkNames(inputs);
    const [sequence = [], ...states] = inputs.shapes;
    const half = states.length / 2;
    if (!Number.isInteger(half)) {
      const message = `takes initial states for both directions, it is given ${states.length}`;
      throw new ShapeError(message, 'Give it the states of the first direction, then those of the other one');
    }
    const build = (layer: InnerLayer, own: readonly Shape[]): LayerPlan =>
      layer.build({ shapes: [sequence, ...own], names: [null, ...own.map(() => null)], options: {} });
    const plans = {
      forward: build(layers.forward, states.slice(0, half)),
      backward: build(layers.backward, states.slice(half)),
    };
    const [first = [], ...firstStates] = plans.forward.outputs;
    const [second = [], ...secondStates] = plans.backward.outputs;
    const mode = settings.merge_mode;
    if (mode !== null && mode !== 'concat' && showShape(first) !== showShape(second)) {
      const message = `${mode} needs outputs of the same shape, they are ${showShape(first)} and ${showShape(second)}`;
      throw new SettingError(['merge_mode'], message, 'Give both layers the same units');
    }
    const merged = mergedShapes(mode, first, second);
    return {
      outputs: [...merged, ...firstStates, ...secondStates],
      weights: [
        ...weightsWithin('forward', layers.forward, plans.forward),
        ...weightsWithin('backward', layers.backward, plans.backward),
      ],
      flops: plans.forward.flops + plans.backward.flops + sizeOf(first),
      kept: (plans.forward.kept ?? 0) + (plans.backward.kept ?? 0) + sizeOf(first) + sizeOf(second),
      mask: ({ masks: [mask = null] }) => [
        ...merged.map(() => (returnsSequences ? mask : null)),
        ...[...firstStates, ...secondStates].map(() => null),
      ],
      call: (context, [x, ...initial]) => {
        if (!x) throw new Error('Bidirectional was called without a sequence');
        const run = (name: 'forward' | 'backward', own: readonly Tensor[]): readonly Tensor[] => {
          const inner = contextWithin(context, name, layers[name], context.masks.slice(0, 1));
          const results = listOf(plans[name].call(inner, [x, ...own]));
          const { activityRegularizer } = plans[name];
          if (activityRegularizer) {
            for (const result of results)
              context.addLoss(penalty(context.gs, activityRegularizer, result).div(x.shape[0]));
          }
          return results;
        };
        const [ahead = x, ...aheadStates] = run('forward', initial.slice(0, half));
        const [back = x, ...backStates] = run('backward', initial.slice(half));
        // The steps of the second one come last first.
        const aligned = returnsSequences ? back.reverse(1) : back;
        return [...merge(mode, ahead, aligned), ...aheadStates, ...backStates];
      },
    };
  },
};
