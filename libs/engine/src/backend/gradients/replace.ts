// Replaces gradients of tfjs by faster ones.

import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import { BACKEND_NAME } from '../override.js';
import type { Runtime } from '../runtime.js';

/** What tfjs passes with a call. */
export type Attributes = Parameters<GradConfig['gradFunc']>[2];

/** Gradients by the names of the inputs, each made when it is called. */
export type Gradients = Record<string, () => Tensor>;

type Gradient = (dy: Tensor, saved: readonly Tensor[], attributes: Attributes) => Gradients;

export interface Replacement {
  readonly kernelName: string;
  /** Inputs and outputs that the gradient needs, in the order in which it gets them. */
  readonly inputsToSave?: string[];
  readonly outputsToSave?: boolean[];
  readonly gradient: Gradient;
  /**
   * The same from ops of tfjs, for gradients of gradients and for other backends of tfjs. May be left out where the
   * gradient gets first what tfjs's own saves; then it is tfjs's own.
   */
  readonly differentiable?: Gradient;
}

/** Whether a gradient is taken of the gradient that is computed now: ops outside of tfjs's tape would be missed. */
export const isSecondOrder = ({ tf }: Runtime): boolean => tf.engine().state.gradientDepth > 0;

/** Registers a gradient in the place of tfjs's own, which is returned. */
export function replaceGradient(runtime: Runtime, replacement: Replacement): GradConfig {
  const { tf } = runtime;
  const { kernelName, gradient, inputsToSave, outputsToSave } = replacement;
  const original = tf.getGradient(kernelName);
  const differentiable: Gradient =
    replacement.differentiable ?? ((dy, saved, attributes) => original.gradFunc(dy, [...saved], attributes));
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    ...(inputsToSave ? { inputsToSave } : {}),
    ...(outputsToSave ? { outputsToSave } : {}),
    gradFunc: (dy, saved, attributes) =>
      (isSecondOrder(runtime) || tf.getBackend() !== BACKEND_NAME ? differentiable : gradient)(
        dy as Tensor,
        saved,
        attributes,
      ),
  });
  return original;
}
