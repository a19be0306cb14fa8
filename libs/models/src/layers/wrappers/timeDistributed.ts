import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import {
  onlyInput,
  onlyTensor,
  SettingError,
  ShapeError,
  showShape,
  type LayerContext,
  type LayerPlan,
  type LayerType,
  type Mask,
} from '../layer.js';
import { commonConfig } from '../schemas.js';
import { contextWithin, weightsWithin } from './inner.js';

const config = z.strictObject({ ...commonConfig, layer: z.unknown() });

const PREFIX = 'layer';

const onlyOutput = (result: ReturnType<LayerPlan['call']>): Tensor =>
  onlyTensor(Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor]);

/** All steps of x [batch, steps, ...] as one batch. A mask of more axes than batch and steps is the inner layer's. */
function callTogether(inner: LayerPlan, context: LayerContext, outer: LayerContext, x: Tensor): Tensor {
  const [, steps = 1, ...input] = x.shape;
  const merge = (y: Tensor): Tensor => y.reshape([-1, ...y.shape.slice(2)]);
  const part = (y: Tensor): Tensor => y.reshape([-1, steps, ...y.shape.slice(1)]);
  const [mask = null] = outer.masks;
  const own: LayerContext = {
    ...context,
    masks: [mask && mask.rank > 2 ? merge(mask) : null],
    activate: (y, activation) => merge(outer.activate(part(y), activation)),
  };
  return part(onlyOutput(inner.call(own, [x.reshape([-1, ...input])])));
}

/** One step after the other, each with the statistics that the one before it left. */
function callInTurn(inner: LayerPlan, context: LayerContext, mask: Mask, x: Tensor): Tensor {
  const { gs } = context;
  const [batch = 1, , ...input] = x.shape;
  const lengths = input.slice(0, -1);
  const masks = mask?.unstack(1) ?? [];
  const latest = new Map<string, Tensor>();
  const outputs = x.unstack(1).map((step, index) => {
    // Of every place in a sample, as the layer takes it.
    const own = masks[index]?.reshape([batch, ...lengths.map(() => 1)]).tile([1, ...lengths]) ?? null;
    const weight = (name: string): Tensor => latest.get(name) ?? context.weight(name);
    const update = (name: string, value: Tensor): void => void latest.set(name, value);
    return onlyOutput(inner.call({ ...context, masks: [own], weight, update }, [step]));
  });
  for (const [name, value] of latest) context.update(name, value);
  return gs.tf.stack(outputs, 1);
}

/** Keras `TimeDistributed`: the same layer on every step. */
export const timeDistributed: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs, readInner) => {
    const shape = onlyInput(inputs);
    const [steps, ...input] = shape;
    if (steps === undefined || input.length === 0) {
      throw new ShapeError(
        `takes [steps, ...] a sample, it is given ${showShape(shape)}`,
        'Add an axis for the steps',
      );
    }
    const layer = readInner(settings.layer, ['layer']);
    const inner = layer.build({ shapes: [input], names: [null], options: {} });
    const [output = [], ...more] = inner.outputs;
    if (more.length > 0)
      throw new ShapeError('holds a layer of several outputs', 'Use a layer that has one output');
    if (inner.activityRegularizer) {
      const path = ['layer', 'config', 'activity_regularizer'];
      throw new SettingError(path, 'has no effect in TimeDistributed, in Keras 3 too', 'Leave it out');
    }
    // Statistics over a batch are those of one step, as in Keras.
    const isInTurn = inner.weights.some(({ role }) => role === 'statistic');
    return {
      outputs: [[steps, ...output]],
      weights: weightsWithin(PREFIX, layer, inner),
      flops: steps * inner.flops,
      kept: steps * (inner.kept ?? 0),
      ...(isInTurn || inner.finalActivation === undefined ? {} : { finalActivation: inner.finalActivation }),
      stopsGradients: layer.type === 'Embedding' || inner.stopsGradients === true,
      estimatesGradients: inner.estimatesGradients ?? false,
      mask: 'pass',
      call: (context, tensors) => {
        const x = onlyTensor(tensors);
        const [mask = null] = context.masks;
        const own = contextWithin(context, PREFIX, layer, []);
        return isInTurn && context.training
          ? callInTurn(inner, own, mask, x)
          : callTogether(inner, own, context, x);
      },
    };
  },
};
