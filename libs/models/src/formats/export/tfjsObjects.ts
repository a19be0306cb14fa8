// Activations, initializers, regularizers and constraints as TensorFlow.js writes them.

import type { Activation } from '../../activations/index.js';
import { constraintConfig } from '../../constraints/index.js';
import { initializerConfig, type Initializer } from '../../initializers/index.js';
import type { Regularizer } from '../../regularizers/index.js';
import type { SettingWriter } from './settings.js';

/** What TensorFlow.js does not have. */
export class NotInTfjs extends Error {}

/** Its names of the activations that are the same there; its hard_sigmoid is Keras 2's. */
const ACTIVATIONS: Readonly<Partial<Record<Activation, string>>> = {
  elu: 'elu',
  gelu: 'gelu',
  linear: 'linear',
  log_softmax: 'log_softmax',
  mish: 'mish',
  relu: 'relu',
  relu6: 'relu6',
  selu: 'selu',
  sigmoid: 'sigmoid',
  silu: 'swish',
  softmax: 'softmax',
  softplus: 'softplus',
  softsign: 'softsign',
  tanh: 'tanh',
};

function activation(value: Activation): string {
  const name = ACTIVATIONS[value];
  if (name === undefined)
    throw new NotInTfjs(`the activation ${value} is not in TensorFlow.js, or differs there`);
  return name;
}

/** A seed of TensorFlow.js is a number. */
const seedOf = (seed: unknown): number | null => (typeof seed === 'number' ? seed : null);

function initializer(value: Initializer): unknown {
  const { class_name: type, config } = initializerConfig(value);
  const { input_axes, output_axes, ...rest } = config;
  if ((input_axes ?? output_axes ?? null) !== null)
    throw new NotInTfjs('input_axes and output_axes of an initializer are not in TensorFlow.js');
  const names: Readonly<Record<string, string>> = {
    LecunNormal: 'LeCunNormal',
    LecunUniform: 'LeCunUniform',
  };
  const seed = 'seed' in rest ? { seed: seedOf(rest['seed']) } : {};
  if (rest['distribution'] === 'untruncated_normal')
    throw new NotInTfjs('an untruncated normal distribution of VarianceScaling is not in TensorFlow.js');
  const distribution = rest['distribution'] === 'truncated_normal' ? { distribution: 'normal' } : {};
  return { class_name: names[type] ?? type, config: { ...rest, ...seed, ...distribution } };
}

function regularizer(value: Regularizer): unknown {
  if (value.name === 'orthogonal') throw new NotInTfjs('the orthogonal regularizer is not in TensorFlow.js');
  const l1 = 'l1' in value ? value.l1 : 0;
  const l2 = 'l2' in value ? value.l2 : 0;
  return { class_name: 'L1L2', config: { l1, l2 } };
}

/** How TensorFlow.js writes settings; `layer` is for those of wrappers. Throws NotInTfjs. */
export const tfjsWriter = (layer: SettingWriter['layer']): SettingWriter => ({
  activation,
  initializer,
  regularizer,
  constraint: (value) => {
    const { class_name, config } = constraintConfig(value);
    const { axis } = config;
    if (axis !== undefined && typeof axis !== 'number')
      throw new NotInTfjs('a constraint over several axes is not in TensorFlow.js');
    return { class_name, config };
  },
  layer,
});
