// The layers that a wrapper such as Bidirectional holds in its settings.

import { isRecord } from '../objects/forms.js';

/** The settings of wrappers that are layers. */
const KEYS = ['layer', 'backward_layer'] as const;

/** Whether a setting of Keras's name is a layer. */
export const isHeldLayer = (key: string): boolean => KEYS.some((held) => held === key);

/** The layers among settings, as Keras writes them: `class_name`, `config` and more. */
export const heldLayers = (config: Readonly<Record<string, unknown>>): Record<string, unknown>[] =>
  KEYS.map((key) => config[key]).filter(isRecord);
