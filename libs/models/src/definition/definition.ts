// A model definition before it is checked, in one form for all formats. Settings are Keras 3's.

/** The output of a layer's call. */
export interface TensorReference {
  readonly layer: string;
  /** Which call of the layer, from 0. */
  readonly call: number;
  /** Which output of it, from 0. */
  readonly output: number;
}

/** A tensor that is passed at a call. */
export interface ArgumentReference extends TensorReference {
  /** The parameter's name, or null when passed by position. */
  readonly name: string | null;
}

export interface CallDefinition {
  readonly inputs: readonly ArgumentReference[];
  /** What is passed besides tensors. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Inputs of layers that make masks, whose padding is masked at the call; what masks the graph makes when absent. */
  readonly masks?: readonly TensorReference[];
}

export interface LayerDefinition {
  readonly name: string;
  /** Keras class name. */
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The model that this layer is, if it is one. */
  readonly model: GraphDefinition | null;
  readonly calls: readonly CallDefinition[];
  /** Where it lies in the posted JSON, and where its settings do. */
  readonly path: readonly PropertyKey[];
  readonly configPath: readonly PropertyKey[];
}

/** Layers and how they are connected. */
export interface GraphDefinition {
  readonly kind: 'Sequential' | 'Functional';
  readonly name: string;
  readonly trainable: boolean;
  readonly layers: readonly LayerDefinition[];
  /** Outputs of InputLayers. Empty for a nested Sequential that takes any shape: its first layer gets the input. */
  readonly inputs: readonly TensorReference[];
  readonly outputs: readonly TensorReference[];
  readonly path: readonly PropertyKey[];
}
