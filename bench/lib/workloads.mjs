// The workloads: what is trained, with which shapes. The same networks as those of the peers, by name; parameter counts
// are checked against them.

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {'mlp' | 'cnn' | 'resnet' | 'lstm' | 'transformer'} kind
 * @property {number[]} input shape of a sample
 * @property {number | null} vocabulary of token inputs; null for numbers
 * @property {number} classes
 * @property {number} batch
 * @property {number} steps of an epoch
 * @property {[name: string, shape: number[]][]} tensors trainable, in the order of the check's fill
 */

/** Kernel and bias of a dense layer. @returns {[string, number[]][]} */
const dense = (/** @type {string} */ name, /** @type {number} */ from, /** @type {number} */ to) => [
  [`${name}/kernel`, [from, to]],
  [`${name}/bias`, [to]],
];

/** @returns {[string, number[]][]} */
const mlp = (/** @type {number[]} */ ...sizes) =>
  sizes.slice(1).flatMap((size, i) => dense(`dense${i + 1}`, sizes[i] ?? 0, size));

/** Convolution without bias, and batch normalization. @returns {[string, number[]][]} */
const convNorm = (/** @type {string} */ name, /** @type {number[]} */ shape) => [
  [`${name}_conv/kernel`, shape],
  [`${name}_bn/gamma`, [shape[3] ?? 0]],
  [`${name}_bn/beta`, [shape[3] ?? 0]],
];

/** @returns {[string, number[]][]} */
const recurrent = (/** @type {number} */ features, /** @type {number} */ units) => [
  ['lstm1/kernel', [features, 4 * units]],
  ['lstm1/recurrent_kernel', [units, 4 * units]],
  ['lstm1/bias', [4 * units]],
  ...dense('dense1', units, 10),
];

/** @returns {[string, number[]][]} */
const block = (/** @type {string} */ name) => [
  ...['query', 'key', 'value'].flatMap(
    (part) =>
      /** @type {[string, number[]][]} */ ([
        [`${name}_mha/${part}_kernel`, [128, 4, 32]],
        [`${name}_mha/${part}_bias`, [4, 32]],
      ]),
  ),
  [`${name}_mha/output_kernel`, [4, 32, 128]],
  [`${name}_mha/output_bias`, [128]],
  [`${name}_ln1/gamma`, [128]],
  [`${name}_ln1/beta`, [128]],
  ...dense(`${name}_ff1`, 128, 512),
  ...dense(`${name}_ff2`, 512, 128),
  [`${name}_ln2/gamma`, [128]],
  [`${name}_ln2/beta`, [128]],
];

/** @type {Workload[]} */
export const workloads = [
  {
    name: 'mlp',
    kind: 'mlp',
    input: [784],
    vocabulary: null,
    classes: 10,
    batch: 64,
    steps: 400,
    tensors: mlp(784, 128, 64, 10),
  },
  {
    name: 'mlp-wide',
    kind: 'mlp',
    input: [1024],
    vocabulary: null,
    classes: 10,
    batch: 256,
    steps: 8,
    tensors: mlp(1024, 4096, 4096, 10),
  },
  {
    name: 'cnn',
    kind: 'cnn',
    input: [28, 28, 1],
    vocabulary: null,
    classes: 10,
    batch: 64,
    steps: 60,
    tensors: [
      ['conv1/kernel', [3, 3, 1, 16]],
      ['conv1/bias', [16]],
      ['conv2/kernel', [3, 3, 16, 32]],
      ['conv2/bias', [32]],
      ...dense('dense1', 3872, 10),
    ],
  },
  {
    name: 'resnet',
    kind: 'resnet',
    input: [32, 32, 3],
    vocabulary: null,
    classes: 10,
    batch: 128,
    steps: 8,
    tensors: [
      ...convNorm('stem', [3, 3, 3, 16]),
      ...convNorm('s1_a', [3, 3, 16, 16]),
      ...convNorm('s1_b', [3, 3, 16, 16]),
      ...convNorm('s2_a', [3, 3, 16, 32]),
      ...convNorm('s2_b', [3, 3, 32, 32]),
      ...convNorm('s2_sc', [1, 1, 16, 32]),
      ...convNorm('s3_a', [3, 3, 32, 64]),
      ...convNorm('s3_b', [3, 3, 64, 64]),
      ...convNorm('s3_sc', [1, 1, 32, 64]),
      ...dense('dense1', 64, 10),
    ],
  },
  {
    name: 'lstm',
    kind: 'lstm',
    input: [16, 8],
    vocabulary: null,
    classes: 10,
    batch: 64,
    steps: 150,
    tensors: recurrent(8, 32),
  },
  {
    name: 'lstm-long',
    kind: 'lstm',
    input: [100, 32],
    vocabulary: null,
    classes: 10,
    batch: 32,
    steps: 16,
    tensors: recurrent(32, 128),
  },
  {
    name: 'transformer',
    kind: 'transformer',
    input: [64],
    vocabulary: 1000,
    classes: 10,
    batch: 32,
    steps: 12,
    tensors: [
      ['embedding/embeddings', [1000, 128]],
      ...block('b1'),
      ...block('b2'),
      ...dense('dense1', 128, 10),
    ],
  },
  {
    name: 'logistic',
    kind: 'mlp',
    input: [54],
    vocabulary: null,
    classes: 7,
    batch: 1024,
    steps: 200,
    tensors: mlp(54, 7),
  },
];

/** Number of elements of a shape. */
export const sizeOf = (/** @type {readonly number[]} */ shape) =>
  shape.reduce((product, size) => product * size, 1);

/** Trainable parameters of a workload. */
export const parametersOf = (/** @type {Workload} */ { tensors }) =>
  tensors.reduce((sum, [, shape]) => sum + sizeOf(shape), 0);

/** The layer that a tensor belongs to. */
export const layerOf = (/** @type {string} */ name) => name.split('/')[0] ?? name;

/** A workload by its name. */
export function workloadOf(/** @type {string} */ name) {
  const found = workloads.find((workload) => workload.name === name);
  if (!found) throw new Error(`no workload "${name}"; there are ${workloads.map((w) => w.name).join(', ')}`);
  return found;
}
