// What the backward pass of a call needs of its forward pass.

import type { Activation } from '../activations/index.js';
import type { GraphNode } from '../graph/graph.js';
import { sizeOf } from '../layers/layer.js';

/** Layers whose output is their input, in another shape at most: no memory of their own. */
const ALIASES = new Set(['ActivityRegularization', 'Flatten', 'Identity', 'Reshape']);

/** Linear in their inputs, without weights: the backward pass needs shapes alone. */
const LINEAR = new Set([
  ...ALIASES,
  'Add',
  'Average',
  'AveragePooling1D',
  'AveragePooling2D',
  'AveragePooling3D',
  'CenterCrop',
  'Concatenate',
  'Cropping1D',
  'Cropping2D',
  'Cropping3D',
  'Dropout',
  'GaussianNoise',
  'GlobalAveragePooling1D',
  'GlobalAveragePooling2D',
  'GlobalAveragePooling3D',
  'Permute',
  'RepeatVector',
  'Rescaling',
  'Resizing',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'Subtract',
  'UpSampling1D',
  'UpSampling2D',
  'UpSampling3D',
  'ZeroPadding1D',
  'ZeroPadding2D',
  'ZeroPadding3D',
]);

/** Products of inputs with weights, an activation at their end. */
const PRODUCTS = new Set([
  'Conv1D',
  'Conv1DTranspose',
  'Conv2D',
  'Conv2DTranspose',
  'Conv3D',
  'Conv3DTranspose',
  'Dense',
  'DepthwiseConv1D',
  'DepthwiseConv2D',
  'EinsumDense',
  'SeparableConv1D',
  'SeparableConv2D',
]);

/** Layers whose gradient is computed from what they gave. */
const RESULTS = new Set(['ELU', 'ReLU', 'Softmax']);

/** Activations whose gradient is computed from what they gave; the others keep what they were given. */
const BY_OUTPUT: ReadonlySet<Activation> = new Set([
  'celu',
  'elu',
  'exponential',
  'log_softmax',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'tanh',
]);

export const isAlias = ({ layer, plan }: GraphNode): boolean =>
  ALIASES.has(layer.type) || (layer.type === 'Activation' && (plan.finalActivation ?? 'linear') === 'linear');

export interface Kept {
  readonly inputs: boolean;
  readonly outputs: boolean;
  /** Values of a sample besides. */
  readonly others: number;
}

/** A layer that is not known in here keeps its inputs and outputs, and what its plan says. */
export function keptBy(node: GraphNode): Kept {
  const { layer, plan } = node;
  const { finalActivation: activation = 'linear', kept = 0 } = plan;
  if (LINEAR.has(layer.type)) return { inputs: false, outputs: false, others: kept };
  if (RESULTS.has(layer.type)) return { inputs: false, outputs: true, others: kept };
  const outputs = BY_OUTPUT.has(activation);
  if (layer.type === 'Activation')
    return { inputs: !outputs && activation !== 'linear', outputs, others: kept };
  if (!PRODUCTS.has(layer.type)) return { inputs: true, outputs: true, others: kept };
  const before = outputs || activation === 'linear' ? 0 : sizeOf(plan.outputs[0] ?? []);
  return { inputs: true, outputs, others: kept + before };
}
