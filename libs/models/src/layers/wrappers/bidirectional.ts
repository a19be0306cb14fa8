import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import { isRecord } from '../../objects/forms.js';
import {
  SettingError,
  showShape,
  sizeOf,
  type InnerLayer,
  type LayerPlan,
  type LayerType,
  type Shape,
} from '../layer.js';
import { commonConfig } from '../schemas.js';
import { weightsWithin } from './inner.js';

const modes = ['concat', 'sum', 'mul', 'ave'] as const;
const config = z.strictObject({
  ...commonConfig,
  layer: z.unknown(),
  backward_layer: z.unknown().optional(),
  merge_mode: z.enum(modes).nullable().default('concat'),
});
type Mode = z.infer<typeof config>['merge_mode'];

const RECURRENT = new Set(['SimpleRNN', 'LSTM', 'GRU']);

/** The layer's definition run the other way round, where none is given for it. */
function turned(definition: unknown): unknown {
  if (!isRecord(definition) || !isRecord(definition['config'])) return definition;
  const { go_backwards: backwards = false, ...settings } = definition['config'];
  return { ...definition, config: { ...settings, go_backwards: !backwards } };
}

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
  inputs: { least: 1, most: 5 },
  build: (settings, inputs, readInner) => {
    const read = (definition: unknown, name: string): InnerLayer => {
      const layer = readInner(definition, [name]);
      if (RECURRENT.has(layer.type)) return layer;
      const hint = `Use ${[...RECURRENT].join(', ')}`;
      throw new SettingError([name, 'class_name'], `"${layer.type}" has no direction`, hint);
    };
    const forward = read(settings.layer, 'layer');
    const given = settings.backward_layer ?? null;
    const backward = given === null ? read(turned(settings.layer), 'layer') : read(given, 'backward_layer');
    const [sequence = []] = inputs.shapes;
    const states = inputs.shapes.slice(1);
    const half = states.length / 2;
    const build = (layer: InnerLayer, own: readonly Shape[]): LayerPlan =>
      layer.build({ shapes: [sequence, ...own], names: [null, ...own.map(() => null)], options: {} });
    const plans = {
      forward: build(forward, states.slice(0, half)),
      backward: build(backward, states.slice(half)),
    };
    const [first = [], ...firstStates] = plans.forward.outputs;
    const [second = [], ...secondStates] = plans.backward.outputs;
    const mode = settings.merge_mode;
    if (mode !== null && mode !== 'concat' && showShape(first) !== showShape(second)) {
      const message = `${mode} needs outputs of the same shape, they are ${showShape(first)} and ${showShape(second)}`;
      throw new SettingError(['merge_mode'], message, 'Give both layers the same units');
    }
    const returnsSequences = first.length === 2;
    return {
      outputs: [...mergedShapes(mode, first, second), ...firstStates, ...secondStates],
      weights: [
        ...weightsWithin('forward', forward, plans.forward),
        ...weightsWithin('backward', backward, plans.backward),
      ],
      flops: plans.forward.flops + plans.backward.flops + sizeOf(first),
      kept: (plans.forward.kept ?? 0) + (plans.backward.kept ?? 0) + sizeOf(first) + sizeOf(second),
      mask: (context) => (returnsSequences ? (context.masks[0] ?? null) : null),
      call: (context, [x, ...initial]) => {
        if (!x) throw new Error('Bidirectional was called without a sequence');
        const run = (name: 'forward' | 'backward', own: readonly Tensor[]): readonly Tensor[] =>
          listOf(plans[name].call(context.within(name, context.masks), [x, ...own]));
        const [ahead = x, ...aheadStates] = run('forward', initial.slice(0, half));
        const [back = x, ...backStates] = run('backward', initial.slice(half));
        // The steps of the second one come last first.
        const aligned = returnsSequences ? back.reverse(1) : back;
        return [...merge(mode, ahead, aligned), ...aheadStates, ...backStates];
      },
    };
  },
};
