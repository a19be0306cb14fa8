// The shorthand: a list of layers, one after the other, or layers by name with their inputs.

import { z } from 'zod';
import { chain } from '../definition/chain.js';
import type {
  CallDefinition,
  GraphDefinition,
  LayerDefinition,
  TensorReference,
} from '../definition/definition.js';
import { axisLength, OPEN_LENGTH } from '../layers/input.js';
import { isRecord } from '../objects/forms.js';
import { snakeCase } from '../objects/names.js';
import type { Path, Reader } from './reader.js';
import { argumentsSchema, bothNames, classOf, isModel, referenceSchema, toConfig } from './shorthandParts.js';
import { inOrder } from './shorthandOrder.js';

const settings = z.record(z.string(), z.unknown());
const layerSchema = z.looseObject({
  type: z.string({ error: 'must be the type of a layer, such as "dense"' }),
  name: z.string().optional(),
  model: z.unknown().optional(),
  inputs: z.unknown().optional(),
  calls: z.array(z.unknown()).min(1).optional(),
  options: settings.default({}),
});
type GivenLayer = z.infer<typeof layerSchema>;

const about = { name: z.string().default('model'), trainable: z.boolean().default(true) };
const listSchema = z.strictObject({ ...about, layers: z.array(z.unknown()).min(1) });
const shape = z.array(axisLength).min(1);
const inputSchema = z.strictObject({ name: z.string(), shape, dtype: z.string().optional() });

/** Whether a length of a shape, or of one among {name, shape}, is null. */
const hasOpenLength = (inputs: unknown): boolean =>
  Array.isArray(inputs) &&
  inputs.some((one: unknown) => one === null || (isRecord(one) && hasOpenLength(one['shape'])));

const namedSchema = z.strictObject({
  ...about,
  inputs: z
    .union([shape, z.array(z.union([z.string(), inputSchema])).min(1)], {
      error: ({ input }) =>
        hasOpenLength(input)
          ? `a length ${OPEN_LENGTH}`
          : 'must be a shape, or a list of names of input layers and of {name, shape}',
    })
    .optional(),
  layers: settings,
  outputs: z.union([referenceSchema.transform((one) => [one]), z.array(referenceSchema).min(1)], {
    error: 'must be the name of a layer, or a list of such',
  }),
});
type NamedModel = z.infer<typeof namedSchema>;

const NO_INPUTS: CallDefinition = { inputs: [], options: {} };

export class ShorthandReader {
  constructor(private readonly reader: Reader) {}

  /** A model at a path; null after its problems were listed. */
  model(given: unknown, path: Path, depth: number): GraphDefinition | null {
    if (!this.reader.mayEnter(depth, path)) return null;
    if (Array.isArray(given)) return this.#list({ layers: given as unknown }, path, path, depth);
    const isList = isRecord(given) && Array.isArray(given['layers']);
    if (isList) return this.#list(given, path, [...path, 'layers'], depth);
    const ends = isRecord(given) ? given : {};
    for (const key of ['inputs', 'outputs']) if (!this.reader.mayEnd(ends[key], [...path, key])) return null;
    const data = this.reader.parse(namedSchema, given, path);
    return data ? this.#named(data, path, depth) : null;
  }

  #list(given: unknown, path: Path, layersPath: Path, depth: number): GraphDefinition | null {
    const data = this.reader.parse(listSchema, given, path);
    if (!data || !this.reader.mayAdd(data.layers.length, layersPath)) return null;
    const taken = new Set(
      data.layers.flatMap((layer) =>
        isRecord(layer) && typeof layer['name'] === 'string' ? [layer['name']] : [],
      ),
    );
    const layers = data.layers.flatMap((layer, index) => {
      const at = [...layersPath, index];
      const read = this.#layer(layer, null, at, depth);
      if (!read) return [];
      this.#refuseKeys(layer, ['inputs', 'calls', 'options'], at, 'Give the layers by name');
      if (index > 0) this.#refuseKeys(layer, ['input'], at, 'The first layer has the shape of the input');
      const name = read.name === '' ? freeName(read.type, taken) : read.name;
      taken.add(name);
      if (!isRecord(layer) || index > 0 || layer['input'] === undefined) return [{ ...read, name }];
      const batch = this.reader.parse(shape, layer['input'], [...at, 'input']);
      return [{ ...read, name, config: { ...read.config, batch_shape: [null, ...(batch ?? [1])] } }];
    });
    return chain({ name: data.name, trainable: data.trainable, layers, path });
  }

  #named(data: NamedModel, path: Path, depth: number): GraphDefinition | null {
    const { name, trainable, outputs } = data;
    const below = [...path, 'layers'];
    const given = Object.entries(data.layers);
    if (!this.reader.mayAdd(given.length, below)) return null;
    const read = given.flatMap(([key, layer]) => this.#layer(layer, key, [...below, key], depth) ?? []);
    const { added, inputs } = this.#inputs(data, read, path);
    const { layers, unused } = inOrder([...added, ...read], inputs, outputs);
    for (const { name: other, path: at } of unused) {
      const message = `no output needs the layer "${other}"`;
      this.reader.refuse(
        at,
        'unusedLayer',
        message,
        'Name it in "outputs", take its output somewhere, or leave it out',
      );
    }
    return { kind: 'Functional', name, trainable, layers, inputs, outputs, path };
  }

  /** The model's inputs, in their order, with layers for those that have none. */
  #inputs(
    { inputs }: NamedModel,
    layers: readonly LayerDefinition[],
    path: Path,
  ): { added: LayerDefinition[]; inputs: TensorReference[] } {
    const at = [...path, 'inputs'];
    const reference = (layer: string): TensorReference => ({ layer, call: 0, output: 0 });
    const own = layers.filter(({ type }) => type === 'InputLayer').map(({ name }) => name);
    if (!inputs) {
      if (own.length !== 1) {
        const message = own.length === 0 ? 'the model has no inputs' : 'the order of the inputs is not given';
        const hint = 'Give "inputs", a list such as ["a", "b"] or [{"name": "a", "shape": [64]}]';
        this.reader.refuse(path, 'noInputs', message, hint);
      }
      return { added: [], inputs: own.map(reference) };
    }
    const isShape = inputs.every((one) => typeof one === 'number');
    const list = isShape
      ? [{ name: 'input', shape: inputs }]
      : inputs.filter((one) => typeof one !== 'number');
    const added = list.flatMap((one, index): LayerDefinition[] => {
      if (typeof one === 'string') return [];
      const { name, shape: lengths, ...rest } = one;
      const config = { batch_shape: [null, ...lengths], ...rest };
      const place = isShape ? at : [...at, index];
      return [
        { name, type: 'InputLayer', config, model: null, calls: [NO_INPUTS], path: place, configPath: place },
      ];
    });
    return { added, inputs: list.map((one) => reference(typeof one === 'string' ? one : one.name)) };
  }

  /** A layer; without a name, the name is empty. */
  #layer(given: unknown, key: string | null, path: Path, depth: number): LayerDefinition | null {
    if (isRecord(given) && !this.reader.mayHold(given, path)) return null;
    const data = this.reader.parse(layerSchema, given, path);
    if (!data) return null;
    const { type: written, name, model, inputs, calls, options, ...others } = data;
    const { input, ...rest } = others; // The caller reads it.
    if (key !== null && name !== undefined && name !== key)
      this.reader.refuse(
        [...path, 'name'],
        'name',
        `the layer is named "${key}" already`,
        'Leave the name out',
      );
    if (key !== null && input !== undefined) this.#refuseKeys(given, ['input'], path, 'Use "inputs"');
    const type = isModel(written) ? 'Functional' : classOf(written);
    if (type !== 'Functional') this.#refuseKeys(given, ['model'], path, 'Set the type to "model"');
    else
      this.#refuseKeys(
        given,
        Object.keys(rest).filter((setting) => setting !== 'trainable'),
        path,
        'Settings of a nested model belong into "model"',
      );
    const { config, twice } = toConfig(rest);
    for (const setting of twice)
      this.reader.refuse(
        [...path, setting],
        'twice',
        `${bothNames(setting)} are the same`,
        'Keep one of them',
      );
    return {
      name: key ?? name ?? '',
      type,
      config,
      model: type === 'Functional' ? this.model(model, [...path, 'model'], depth + 1) : null,
      calls: type === 'InputLayer' ? [NO_INPUTS] : this.#calls({ inputs, calls, options }, path),
      path,
      configPath: path,
    };
  }

  /** Lists those of the keys that are given. */
  #refuseKeys(given: unknown, keys: readonly string[], path: Path, hint: string): void {
    for (const key of keys)
      if (isRecord(given) && Object.hasOwn(given, key))
        this.reader.refuse([...path, key], 'unknownKey', `"${key}" is not known here`, hint);
  }

  #calls(
    { inputs, calls, options }: Pick<GivenLayer, 'inputs' | 'calls' | 'options'>,
    path: Path,
  ): CallDefinition[] {
    if (inputs !== undefined && calls) {
      const hint = 'Use "inputs" for one call, "calls" for several';
      this.reader.refuse([...path, 'calls'], 'twice', '"inputs" and "calls" are both given', hint);
    }
    const passed = Object.entries(options).map(([name, value]): [string, unknown] => [
      snakeCase(name),
      value,
    ]);
    const read = (given: unknown, at: Path): CallDefinition[] => {
      const list = this.reader.parse(argumentsSchema, given, at);
      return list && this.reader.mayTake(list.length, at)
        ? [{ inputs: list, options: Object.fromEntries(passed) }]
        : [];
    };
    if (!this.reader.mayCall(calls?.length ?? 1, path)) return [];
    if (!calls) return inputs === undefined ? [] : read(inputs, [...path, 'inputs']);
    return calls.flatMap((one, index) => read(one, [...path, 'calls', index]));
  }
}

/** Keras's way of naming: `dense`, `dense_1`, … */
function freeName(type: string, taken: ReadonlySet<string>): string {
  const parts = type.replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2').replaceAll(/([a-z])([A-Z])/g, '$1_$2');
  const base = parts.toLowerCase();
  let name = base;
  for (let number = 1; taken.has(name); number++) name = `${base}_${number}`;
  return name;
}
