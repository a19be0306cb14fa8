// The networks of the workloads on the engine's ops: forward passes to logits.

/** @typedef {import('@gradstream/engine').Engine} Engine */
/** @typedef {import('@gradstream/engine').Tensor} Tensor */
/** @typedef {(name: string) => any} Weights the variable of a name */

const HEADS = 4;
const KEY_SIZE = 32;

/** @param {Engine} engine @param {Weights} weight @returns {(x: any, name: string) => any} */
const denseOf = (engine, weight) => (x, name) =>
  engine.ops.dense(x, weight(`${name}/kernel`), weight(`${name}/bias`));

/** @type {Record<string, (engine: Engine, weight: Weights, statistics: Weights, workload: import('./workloads.mjs').Workload) => (x: any) => any>} */
export const networks = {
  mlp: (engine, weight, _, { tensors }) => {
    const dense = denseOf(engine, weight);
    const layers = tensors.length / 2;
    return (x) => {
      let h = x;
      for (let i = 1; i < layers; i++) h = engine.ops.relu(dense(h, `dense${i}`));
      return dense(h, `dense${layers}`);
    };
  },

  cnn: (engine, weight) => {
    const { ops } = engine;
    const conv = (/** @type {any} */ x, /** @type {string} */ name) =>
      ops.relu(
        ops.biasAdd(
          ops.conv2d(x, weight(`${name}/kernel`), { strides: [1, 1], padding: 'valid' }),
          weight(`${name}/bias`),
        ),
      );
    return (x) => {
      const pooled = ops.maxPool2d(conv(x, 'conv1'), [2, 2], { strides: [2, 2], padding: 'valid' });
      return denseOf(engine, weight)(conv(pooled, 'conv2').reshape([x.shape[0], -1]), 'dense1');
    };
  },

  resnet: (engine, weight, statistics) => {
    const { tf, ops } = engine;
    const convNorm = (/** @type {any} */ x, /** @type {number} */ stride, /** @type {string} */ name) => {
      const h = ops.conv2d(x, weight(`${name}_conv/kernel`), { strides: [stride, stride], padding: 'same' });
      const { output, mean, variance } = ops.batchNormTraining(
        h,
        weight(`${name}_bn/gamma`),
        weight(`${name}_bn/beta`),
        1e-3,
      );
      for (const [moving, batch] of [
        [statistics(`${name}_bn/mean`), mean],
        [statistics(`${name}_bn/variance`), variance],
      ])
        moving.assign(moving.mul(0.99).add(batch.mul(0.01)));
      return output;
    };
    return (x) => {
      let h = ops.relu(convNorm(x, 1, 'stem'));
      for (const [stage, stride] of [
        ['s1', 1],
        ['s2', 2],
        ['s3', 2],
      ]) {
        const s = Number(stride);
        const inner = convNorm(ops.relu(convNorm(h, s, `${stage}_a`)), 1, `${stage}_b`);
        h = ops.relu(tf.add(inner, s === 1 ? h : convNorm(h, s, `${stage}_sc`)));
      }
      return denseOf(engine, weight)(h.mean([1, 2]), 'dense1');
    };
  },

  lstm: (engine, weight) => (x) => {
    const weights = {
      kernel: weight('lstm1/kernel'),
      recurrentKernel: weight('lstm1/recurrent_kernel'),
      bias: weight('lstm1/bias'),
    };
    return denseOf(engine, weight)(engine.ops.lstm(x, weights).state.hidden, 'dense1');
  },

  transformer: (engine, weight) => {
    const { tf, ops } = engine;
    const dense = denseOf(engine, weight);
    const norm = (/** @type {any} */ x, /** @type {string} */ name) =>
      ops.layerNorm(x, weight(`${name}/gamma`), weight(`${name}/beta`), 1e-6);
    const attention = (/** @type {any} */ x, /** @type {string} */ name) => {
      const [batch, length, width] = x.shape;
      const project = (/** @type {string} */ part) => {
        const kernel = weight(`${name}/${part}_kernel`).reshape([width, HEADS * KEY_SIZE]);
        const bias = weight(`${name}/${part}_bias`).reshape([HEADS * KEY_SIZE]);
        return ops.dense(x, kernel, bias).reshape([batch, length, HEADS, KEY_SIZE]);
      };
      const mixed = ops.attention(project('query'), project('key'), project('value'));
      const kernel = weight(`${name}/output_kernel`).reshape([HEADS * KEY_SIZE, width]);
      return ops.dense(
        mixed.reshape([batch, length, HEADS * KEY_SIZE]),
        kernel,
        weight(`${name}/output_bias`),
      );
    };
    return (ids) => {
      let h = ops.embedding(weight('embedding/embeddings'), ids);
      for (const name of ['b1', 'b2']) {
        h = norm(tf.add(h, attention(h, `${name}_mha`)), `${name}_ln1`);
        h = norm(tf.add(h, dense(ops.gelu(dense(h, `${name}_ff1`)), `${name}_ff2`)), `${name}_ln2`);
      }
      return dense(h.mean(1), 'dense1');
    };
  },
};
