// What every layer is: data, a shape rule, and its parameters. No tensors here; libs/training builds those.

import { z } from 'zod';

/** Lengths of the axes, without the batch axis. */
export type Shape = readonly number[];

export const activations = ['linear', 'relu', 'sigmoid', 'tanh', 'softmax'] as const;
export type Activation = (typeof activations)[number];

/** Initial values, by the names that Keras serializes; `spread` is what random ones are scaled by. */
export type Initializer =
  | { readonly name: 'zeros' | 'ones' }
  | { readonly name: 'glorotUniform' | 'glorotNormal' | 'heUniform' | 'heNormal' }
  | { readonly name: 'randomNormal'; readonly mean: number; readonly stddev: number }
  | { readonly name: 'randomUniform'; readonly minval: number; readonly maxval: number };

/** One trainable tensor of a layer. */
export interface Parameter {
  readonly name: 'kernel' | 'bias';
  readonly shape: Shape;
  readonly initializer: Initializer;
}

interface Base {
  readonly name: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly parameters: readonly Parameter[];
}

export interface DenseLayer extends Base {
  readonly type: 'Dense';
  readonly units: number;
  readonly activation: Activation;
  readonly useBias: boolean;
}
export interface ActivationLayer extends Base {
  readonly type: 'Activation';
  readonly activation: Activation;
}
export interface FlattenLayer extends Base {
  readonly type: 'Flatten';
}
export interface DropoutLayer extends Base {
  readonly type: 'Dropout';
  readonly rate: number;
}
export interface Conv2DLayer extends Base {
  readonly type: 'Conv2D';
  readonly filters: number;
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';
  readonly activation: Activation;
  readonly useBias: boolean;
}
export interface MaxPooling2DLayer extends Base {
  readonly type: 'MaxPooling2D';
  readonly poolSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';
}

/** A layer of the closed registry. */
export type Layer =
  DenseLayer | ActivationLayer | FlattenLayer | DropoutLayer | Conv2DLayer | MaxPooling2DLayer;

/** A refusal by a layer's shape rule; the caller adds where. */
export class ShapeError extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** How a layer type is read: the schema of its config, and what it makes of an input shape. */
export interface LayerType<Config> {
  readonly config: z.ZodType<Config>;
  /** Throws ShapeError when the input does not fit. */
  readonly build: (config: Config, name: string, inputShape: Shape) => Layer;
}

/** A shape as people write it. */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Number of values of a shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);
