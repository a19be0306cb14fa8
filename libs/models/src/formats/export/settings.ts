// Which settings of a layer are objects of what family, by their names: Keras names them alike in all layers.

import { activationSchema, type Activation } from '../../activations/index.js';
import { constraintSchema, type Constraint } from '../../constraints/index.js';
import { initializerSchema, type Initializer } from '../../initializers/index.js';
import { isHeldLayer } from '../../layers/held.js';
import { isRecord } from '../../objects/forms.js';
import { regularizerSchema, type Regularizer } from '../../regularizers/index.js';

type Config = Readonly<Record<string, unknown>>;

/** How a format writes the objects among settings. */
export interface SettingWriter {
  readonly activation: (value: Activation) => unknown;
  readonly initializer: (value: Initializer) => unknown;
  readonly regularizer: (value: Regularizer) => unknown;
  readonly constraint: (value: Constraint) => unknown;
  /** The layer that a wrapper holds. */
  readonly layer: (type: string, config: Config) => unknown;
}

const ACTIVATIONS = new Set(['activation', 'recurrent_activation']);

/** A setting as the format writes it. */
export function writeSetting(writer: SettingWriter, key: string, value: unknown): unknown {
  if (ACTIVATIONS.has(key)) return writer.activation(activationSchema.parse(value));
  if (value === null || value === undefined) return null;
  if (key.endsWith('_initializer')) return writer.initializer(initializerSchema.parse(value));
  if (key.endsWith('_regularizer')) return writer.regularizer(regularizerSchema.parse(value));
  if (key.endsWith('_constraint')) return writer.constraint(constraintSchema.parse(value));
  if (!isHeldLayer(key) || !isRecord(value)) return value;
  const { class_name: type, config } = value;
  return writer.layer(String(type), isRecord(config) ? config : {});
}

/** What an export says of every layer itself, or leaves to the run. */
export const WRITTEN_APART: ReadonlySet<string> = new Set([
  'name',
  'dtype',
  'trainable',
  'batch_input_shape',
  'batch_shape',
]);
