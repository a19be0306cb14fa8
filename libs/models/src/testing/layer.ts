// A layer by itself: built from its settings, run on tensors.

import type { Engine, Scalar, Tensor, Tensor1D } from '@gradstream/engine';
import { createContext } from '../layers/context.js';
import { readInner } from '../layers/inner.js';
import { outputMasks, type LayerInputs, type LayerPlan, type Mask, type Shape } from '../layers/layer.js';
import { registry } from '../layers/registry.js';
import { SETTING_WORDS } from '../layers/words.js';

/** The plan of a layer; throws what is wrong with it as one text. */
export function planOf(
  type: string,
  config: unknown,
  shapes: readonly Shape[],
  call: Partial<Omit<LayerInputs, 'shapes'>> = {},
): LayerPlan {
  const read = registry.get(type)?.(config);
  if (!read?.ok) throw new Error(JSON.stringify(read?.issues ?? `no layer ${type}`));
  const { options = {}, names = shapes.map(() => null) } = call;
  const issues = read.checkOptions(options);
  if (issues.length > 0) throw new Error(JSON.stringify(issues));
  return read.build({ shapes, names, options }, (definition, path) =>
    readInner(definition, path, SETTING_WORDS, []),
  );
}

export interface LayerRun {
  readonly inputs: readonly Tensor[];
  /** In the order of the plan's. */
  readonly weights: readonly Tensor[];
  readonly training?: boolean;
  readonly masks?: readonly (Tensor | null)[];
  readonly trainable?: boolean;
  readonly seed?: Tensor1D;
}

export interface LayerOutcome {
  readonly outputs: Tensor[];
  readonly updates: Map<string, Tensor>;
  readonly losses: Scalar[];
  /** Of each output, and of the first one. */
  readonly masks: readonly Mask[];
  readonly mask: Mask;
}

/** Runs a plan once. */
export function runLayer(gs: Engine, plan: LayerPlan, run: LayerRun): LayerOutcome {
  const { inputs, weights, training = false, trainable = true } = run;
  const values = new Map(plan.weights.map(({ name }, index) => [name, weights[index]]));
  const updates = new Map<string, Tensor>();
  const losses: Scalar[] = [];
  const context = createContext({
    gs,
    training,
    trainable,
    masks: run.masks ?? inputs.map(() => null),
    weight: (name) => {
      const value = values.get(name);
      if (!value) throw new Error(`the layer asks for a weight "${name}" that its plan does not name`);
      return value;
    },
    seed: training ? (run.seed ?? gs.tf.tensor1d([1, 2], 'int32')) : null,
    skipActivation: false,
    update: (name, value) => updates.set(name, value),
    addLoss: (value) => losses.push(value),
  });
  const result = plan.call(context, inputs);
  const outputs = Array.isArray(result) ? [...(result as readonly Tensor[])] : [result as Tensor];
  const masks = outputMasks(plan, context, inputs);
  return { outputs, updates, losses, masks, mask: masks[0] ?? null };
}

/** The gradients of Σ outputs · cotangents by tensors; zeros where nothing flows. */
export function gradientsOf(
  gs: Engine,
  outputs: (variables: readonly Tensor[]) => readonly Tensor[],
  cotangents: readonly Tensor[],
  at: readonly Tensor[],
): Tensor[] {
  const { tf } = gs;
  const total = (...variables: Tensor[]): Scalar =>
    tf.addN(outputs(variables).map((output, index) => output.mul(cotangents[index] ?? 1).sum())).asScalar();
  return tf.grads(total)([...at]);
}
