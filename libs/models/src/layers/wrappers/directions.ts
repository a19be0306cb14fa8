// The two layers of Bidirectional, from what its settings say of one or both.

import { isRecord } from '../../objects/forms.js';
import { SettingError } from '../layer.js';

/** What a recurrent layer's definition says that its wrapper has to know; read strictly by the layer itself. */
interface Direction {
  readonly backwards: boolean;
  readonly sequences: boolean;
  readonly state: boolean;
}

const configOf = (definition: unknown): Readonly<Record<string, unknown>> =>
  isRecord(definition) && isRecord(definition['config']) ? definition['config'] : {};

function directionOf(definition: unknown): Direction {
  const { go_backwards: backwards, return_sequences: sequences, return_state: state } = configOf(definition);
  return { backwards: backwards === true, sequences: sequences === true, state: state === true };
}

/** A definition with other settings. */
const withSettings = (definition: unknown, settings: Readonly<Record<string, unknown>>): unknown =>
  isRecord(definition) && isRecord(definition['config'])
    ? { ...definition, config: { ...definition['config'], ...settings } }
    : definition;

export interface Directions {
  readonly forward: unknown;
  readonly backward: unknown;
  readonly returnsSequences: boolean;
}

/**
 * The definitions of both layers; the second one is the first the other way round where none is given. As in Keras, sequences
 * have zeros at masked steps. Throws SettingError where the two do not go together.
 */
export function directions(layer: unknown, other: unknown): Directions {
  const forward = directionOf(layer);
  const given = other ?? withSettings(layer, { go_backwards: !forward.backwards });
  const backward = directionOf(given);
  const disagreement =
    forward.sequences === backward.sequences
      ? forward.state === backward.state
        ? null
        : 'return_state'
      : 'return_sequences';
  if (disagreement !== null) {
    const path = ['backward_layer', 'config', disagreement];
    throw new SettingError(path, 'differs from that of "layer"', 'Give both layers the same');
  }
  if (other !== null && forward.backwards === backward.backwards) {
    const path = ['backward_layer', 'config', 'go_backwards'];
    throw new SettingError(path, 'is that of "layer": both run the same way', 'Set it for one of them');
  }
  const zeros = { zero_output_for_mask: forward.sequences };
  return {
    forward: withSettings(layer, zeros),
    backward: withSettings(given, zeros),
    returnsSequences: forward.sequences,
  };
}
