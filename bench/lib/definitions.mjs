// The workloads as Keras definitions, in Keras's form.

/** @typedef {import('./workloads.mjs').Workload} Workload */

/** A layer with the layers that it takes inputs from. */
class Model {
  /** @type {any[]} */
  layers = [];

  constructor(/** @type {Workload} */ { input, vocabulary }) {
    const dtype = vocabulary === null ? 'float32' : 'int32';
    this.add('InputLayer', 'input', { batch_shape: [null, ...input], dtype }, []);
  }

  /** Adds a layer; returns its name. */
  add(
    /** @type {string} */ type,
    /** @type {string} */ name,
    /** @type {object} */ config,
    /** @type {string[]} */ inputs,
  ) {
    const tensor = (/** @type {string} */ from) => ({
      class_name: '__keras_tensor__',
      config: { keras_history: [from, 0, 0] },
    });
    const inbound = type === 'InputLayer' ? [] : [{ args: inputs.map(tensor), kwargs: {} }];
    this.layers.push({ class_name: type, name, config: { ...config, name }, inbound_nodes: inbound });
    return name;
  }

  /** The definition, with an output. */
  definition(/** @type {string} */ output) {
    const config = { layers: this.layers, input_layers: [['input', 0, 0]], output_layers: [[output, 0, 0]] };
    return { class_name: 'Functional', config };
  }
}

/** @type {Record<Workload['kind'], (model: Model, workload: Workload) => string>} */
const outputs = {
  mlp: (model, { tensors }) => {
    const kernels = tensors.filter(([name]) => name.endsWith('/kernel'));
    return kernels.reduce((from, [name, [, units]], i) => {
      const activation = i === kernels.length - 1 ? 'linear' : 'relu';
      return model.add('Dense', name.split('/')[0] ?? name, { units, activation }, [from]);
    }, 'input');
  },
  cnn: (model, { classes }) => {
    const conv = (/** @type {string} */ name, /** @type {number} */ filters, /** @type {string} */ from) =>
      model.add('Conv2D', name, { filters, kernel_size: 3, activation: 'relu' }, [from]);
    const pooled = model.add('MaxPooling2D', 'pool', {}, [conv('conv1', 16, 'input')]);
    const flat = model.add('Flatten', 'flatten', {}, [conv('conv2', 32, pooled)]);
    return model.add('Dense', 'dense1', { units: classes }, [flat]);
  },
  resnet: (model, { classes }) => {
    const conv = (
      /** @type {string} */ name,
      /** @type {[filters: number, size: number, stride: number]} */ [filters, size, stride],
      /** @type {string} */ from,
    ) => {
      const config = { filters, kernel_size: size, strides: stride, padding: 'same', use_bias: false };
      return model.add('BatchNormalization', `${name}_bn`, {}, [
        model.add('Conv2D', `${name}_conv`, config, [from]),
      ]);
    };
    const relu = (/** @type {string} */ from) => model.add('ReLU', `${from}_relu`, {}, [from]);
    const stage = (
      /** @type {string} */ name,
      /** @type {number} */ filters,
      /** @type {number} */ stride,
      /** @type {string} */ from,
    ) => {
      const inner = conv(`${name}_b`, [filters, 3, 1], relu(conv(`${name}_a`, [filters, 3, stride], from)));
      const shortcut = stride === 1 ? from : conv(`${name}_sc`, [filters, 1, stride], from);
      return relu(model.add('Add', `${name}_add`, {}, [inner, shortcut]));
    };
    const stem = relu(conv('stem', [16, 3, 1], 'input'));
    const last = stage('s3', 64, 2, stage('s2', 32, 2, stage('s1', 16, 1, stem)));
    const pooled = model.add('GlobalAveragePooling2D', 'pool', {}, [last]);
    return model.add('Dense', 'dense1', { units: classes }, [pooled]);
  },
  lstm: (model, { classes, tensors }) => {
    const units = tensors[1]?.[1][0] ?? 0;
    return model.add('Dense', 'dense1', { units: classes }, [
      model.add('LSTM', 'lstm1', { units }, ['input']),
    ]);
  },
  transformer: (model, { classes, vocabulary }) => {
    const norm = (/** @type {string} */ name, /** @type {string[]} */ of) =>
      model.add('LayerNormalization', name, { epsilon: 1e-6 }, [model.add('Add', `${name}_add`, {}, of)]);
    const block = (/** @type {string} */ name, /** @type {string} */ from) => {
      const heads = { num_heads: 4, key_dim: 32 };
      const attended = norm(`${name}_ln1`, [
        from,
        model.add('MultiHeadAttention', `${name}_mha`, heads, [from, from]),
      ]);
      const wide = model.add('Dense', `${name}_ff1`, { units: 512, activation: 'gelu' }, [attended]);
      return norm(`${name}_ln2`, [attended, model.add('Dense', `${name}_ff2`, { units: 128 }, [wide])]);
    };
    const tokens = { input_dim: vocabulary, output_dim: 128 };
    const last = block('b2', block('b1', model.add('Embedding', 'embedding', tokens, ['input'])));
    const pooled = model.add('GlobalAveragePooling1D', 'pool', {}, [last]);
    return model.add('Dense', 'dense1', { units: classes }, [pooled]);
  },
};

/** A workload's model. */
export function definitionOf(/** @type {Workload} */ workload) {
  const model = new Model(workload);
  return model.definition(outputs[workload.kind](model, workload));
}
