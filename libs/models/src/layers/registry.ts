// The closed registry of layers, by Keras class name.

import { activation } from './activation.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';
import { flatten } from './flatten.js';
import type { Layer, LayerType, Shape } from './layer.js';
import { maxPooling2d } from './maxPooling2d.js';
import type { z } from 'zod';

/** Reads a config, then makes the layer; the types of config and layer meet in here. */
interface RegisteredLayer {
  readonly read: (
    config: unknown,
  ) =>
    | { ok: true; build: (name: string, inputShape: Shape) => Layer }
    | { ok: false; issues: z.core.$ZodIssue[] };
}

function register<Config>({ config, build }: LayerType<Config>): RegisteredLayer {
  return {
    read: (input) => {
      const { success, data, error } = config.safeParse(input);
      if (!success) return { ok: false, issues: error.issues };
      return { ok: true, build: (name, inputShape) => build(data, name, inputShape) };
    },
  };
}

export const registry: ReadonlyMap<string, RegisteredLayer> = new Map([
  ['Dense', register(dense)],
  ['Activation', register(activation)],
  ['Flatten', register(flatten)],
  ['Dropout', register(dropout)],
  ['Conv2D', register(conv2d)],
  ['MaxPooling2D', register(maxPooling2d)],
]);
