// A model's graph as variables and a forward pass.

import type { Engine, Tensor, Tensor1D, Tensor4D, Variable } from '@gradstream/engine';
import type { Activation, Layer, ModelGraph } from '@gradstream/models';
import { initialValue } from './initializers.js';
import { weightSeed } from './seeds.js';

/** How a forward pass is run. */
export interface ForwardOptions {
  /** Seed of the step (`dropoutSeed`), int32 [2]; null outside of training, where dropout does nothing. */
  readonly seed: Tensor1D | null;
  /** Leave out a softmax at the very end, for a loss that works on logits. */
  readonly skipFinalSoftmax: boolean;
}

/** A trainable tensor and where it belongs. */
export interface Weight {
  readonly layer: string;
  /** `<layer>/kernel` or `<layer>/bias`. */
  readonly name: string;
  readonly variable: Variable;
}

export class Network {
  readonly weights: readonly Weight[];

  constructor(
    private readonly engine: Engine,
    readonly graph: ModelGraph,
    seed: number,
  ) {
    this.weights = graph.layers.flatMap((layer, layerIndex) =>
      layer.parameters.map(({ name, shape, initializer }, index) => {
        const value = initialValue(engine, initializer, shape, weightSeed(seed, layerIndex, index));
        const variable = engine.tf.variable(value);
        value.dispose();
        return { layer: layer.name, name: `${layer.name}/${name}`, variable };
      }),
    );
  }

  get variables(): Variable[] {
    return this.weights.map(({ variable }) => variable);
  }

  /** Whether the last layer ends in a softmax that a loss can take over. */
  get endsInSoftmax(): boolean {
    const last = this.graph.layers.at(-1);
    return last !== undefined && 'activation' in last && last.activation === 'softmax';
  }

  /** x [batch, ...input shape] → [batch, ...output shape]. */
  forward(x: Tensor, { seed, skipFinalSoftmax }: ForwardOptions): Tensor {
    const last = this.graph.layers.length - 1;
    return this.graph.layers.reduce((value, layer, index) => {
      const skip = skipFinalSoftmax && index === last && this.endsInSoftmax;
      return this.engine.scope(layer.name, () => this.#apply(layer, index, value, seed, skip));
    }, x);
  }

  dispose(): void {
    for (const { variable } of this.weights) variable.dispose();
  }

  #apply(layer: Layer, index: number, x: Tensor, seed: Tensor1D | null, skipActivation: boolean): Tensor {
    const { tf, ops } = this.engine;
    const activate = (value: Tensor, activation: Activation): Tensor =>
      skipActivation ? value : this.#activate(value, activation);
    switch (layer.type) {
      case 'Dense':
        return activate(this.#addBias(layer, tf.matMul(x, this.#weight(layer, 'kernel'))), layer.activation);
      case 'Conv2D':
        return activate(
          this.#addBias(layer, ops.conv2d(x as Tensor4D, this.#weight(layer, 'kernel') as Tensor4D, layer)),
          layer.activation,
        );
      case 'MaxPooling2D':
        return ops.maxPool2d(x as Tensor4D, layer.poolSize, layer);
      case 'Flatten':
        return x.reshape([x.shape[0], ...layer.outputShape]);
      case 'Activation':
        return activate(x, layer.activation);
      case 'Dropout':
        return seed === null || layer.rate === 0 ? x : this.#drop(x, layer.rate, seed, index);
    }
  }

  #weight(layer: Layer, name: string): Tensor {
    const found = this.weights.find((weight) => weight.name === `${layer.name}/${name}`);
    if (!found) throw new Error(`layer ${layer.name} has no ${name}`);
    return found.variable;
  }

  #addBias(layer: Layer & { readonly useBias: boolean }, x: Tensor): Tensor {
    return layer.useBias ? this.engine.ops.biasAdd(x, this.#weight(layer, 'bias') as Tensor1D) : x;
  }

  #activate(x: Tensor, activation: Activation): Tensor {
    switch (activation) {
      case 'linear':
        return x;
      case 'relu':
        return this.engine.ops.relu(x);
      case 'sigmoid':
        return x.sigmoid();
      case 'tanh':
        return x.tanh();
      case 'softmax':
        return x.softmax();
    }
  }

  /** Inverted dropout (Srivastava et al., JMLR 15, 2014; scaled in training as Keras does). */
  #drop(x: Tensor, rate: number, seed: Tensor1D, index: number): Tensor {
    const { tf, random } = this.engine;
    const key = seed.add<Tensor1D>(tf.tensor1d([0, index], 'int32'));
    const keep = random.statelessUniform(x.shape, key).greaterEqual(rate);
    return x.mul(keep.cast('float32')).mul(1 / (1 - rate));
  }
}
