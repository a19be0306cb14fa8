// A workload as a captured step: forward, loss, backward, Adam, and the norms of each layer's gradients if they are asked for.

import { fill } from './data.mjs';
import { networks } from './networks.mjs';
import { layerOf, sizeOf } from './workloads.mjs';

const ADAM = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** Initial values for timing; their distribution does not matter for the speed. */
function initial(/** @type {string} */ name, /** @type {number[]} */ shape) {
  const leaf = name.split('/').at(-1);
  if (leaf === 'gamma') return new Float32Array(sizeOf(shape)).fill(1);
  if (leaf === 'beta' || leaf?.endsWith('bias')) return new Float32Array(sizeOf(shape));
  return fill(0, name, shape);
}

/**
 * Builds the step (x, y) → [loss, norms?].
 * @param {import('@gradstream/engine').Engine} engine
 * @param {import('./workloads.mjs').Workload} workload
 * @param {{ statistics: 'none' | 'norms' | 'full', deterministic: boolean }} options
 */
export function buildStep(engine, workload, { statistics: level, deterministic }) {
  const { tf, ops, updates } = engine;
  /** @type {Map<string, any>} */
  const weights = new Map();
  workload.tensors.forEach(([name, shape], k) => {
    const values = deterministic ? fill(k, name, shape) : initial(name, shape);
    weights.set(
      name,
      tf.tidy(() => engine.variable(tf.tensor(values, shape))),
    );
  });
  /** @type {Map<string, any>} */
  const statistics = new Map();
  for (const [name, shape] of workload.tensors) {
    if (!name.endsWith('_bn/gamma')) continue;
    const layer = layerOf(name);
    statistics.set(
      `${layer}/mean`,
      tf.tidy(() => engine.variable(tf.zeros(shape), false)),
    );
    statistics.set(
      `${layer}/variance`,
      tf.tidy(() => engine.variable(tf.ones(shape), false)),
    );
  }
  const get = (/** @type {Map<string, any>} */ from) => (/** @type {string} */ name) => {
    const found = from.get(name);
    if (!found) throw new Error(`no tensor ${name}`);
    return found;
  };
  const network = networks[workload.kind];
  if (!network) throw new Error(`no network for ${workload.kind}`);
  const forward = network(engine, get(weights), get(statistics), workload);
  const variables = [...weights.values()];
  const slots = variables.map(({ shape }) =>
    tf.tidy(() => ({
      m: engine.variable(tf.zeros(shape), false),
      v: engine.variable(tf.zeros(shape), false),
    })),
  );
  const iterations = tf.tidy(() => engine.variable(tf.scalar(0), false));
  const layers = [...new Set(workload.tensors.map(([name]) => layerOf(name)))];
  const groups = layers.map((layer) =>
    workload.tensors.flatMap(([name], i) => (layerOf(name) === layer ? [i] : [])),
  );

  return (/** @type {any} */ x, /** @type {any} */ y) => {
    const loss = () => ops.sparseSoftmaxCrossEntropy(forward(x), y).mean().asScalar();
    const { value, grads } = tf.variableGrads(loss, variables);
    const gradients = variables.map(({ name }) => {
      const gradient = grads[name];
      if (!gradient) throw new Error(`no gradient of ${name}`);
      return gradient;
    });
    iterations.assign(iterations.add(1));
    const power = (/** @type {number} */ beta) => tf.pow(tf.scalar(beta), iterations);
    const settings = { ...ADAM, beta1Power: power(ADAM.beta1), beta2Power: power(ADAM.beta2) };
    variables.forEach((variable, i) => {
      const [slot, gradient] = [slots[i], gradients[i]];
      if (slot && gradient) updates.adam(variable, slot, gradient, settings);
    });
    if (level === 'none') return [value];
    const reported = groups.map((group) => ({ gradients: group.map((i) => gradients[i]) }));
    return [value, engine.statistics(reported, { level })];
  };
}
