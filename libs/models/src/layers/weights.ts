// The weights that most layers have, from their settings.

import { activationShape, type Activation } from '../activations/index.js';
import type { Constraint } from '../constraints/index.js';
import type { Initializer } from '../initializers/index.js';
import type { Regularizer } from '../regularizers/index.js';
import { ShapeError, showShape, type Shape, type WeightSpec } from './layer.js';

interface KernelSettings {
  readonly kernel_initializer: Initializer;
  readonly kernel_regularizer?: Regularizer | null | undefined;
  readonly kernel_constraint?: Constraint | null | undefined;
}

interface BiasSettings {
  readonly use_bias: boolean;
  readonly bias_initializer: Initializer;
  readonly bias_regularizer?: Regularizer | null | undefined;
  readonly bias_constraint?: Constraint | null | undefined;
}

/** A kernel with the settings of its layer. */
export const kernelOf = (settings: KernelSettings, shape: Shape, name = 'kernel'): WeightSpec => ({
  name,
  shape,
  role: 'kernel',
  trainable: true,
  initializer: settings.kernel_initializer,
  regularizer: settings.kernel_regularizer ?? null,
  constraint: settings.kernel_constraint ?? null,
});

/** A bias, if the settings want one. */
export const biasOf = (settings: BiasSettings, shape: Shape): WeightSpec[] =>
  settings.use_bias
    ? [
        {
          name: 'bias',
          shape,
          role: 'bias',
          trainable: true,
          initializer: settings.bias_initializer,
          regularizer: settings.bias_regularizer ?? null,
          constraint: settings.bias_constraint ?? null,
        },
      ]
    : [];

/** The shape after an activation at a layer's end. Throws ShapeError where it cannot be applied. */
export function activated(activation: Activation, shape: Shape): Shape {
  const after = activationShape(activation, shape);
  if (after) return after;
  const message = `cannot apply ${activation} to the shape ${showShape(shape)}`;
  throw new ShapeError(
    message,
    activation === 'glu' ? 'Its last axis is halved: give it an even length' : 'Add an axis',
  );
}
