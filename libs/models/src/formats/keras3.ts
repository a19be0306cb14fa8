// Keras 3's `model.to_json()`: Sequential and Functional models, nested as well. Structure only; what layers mean is
// said by the registry.

import { toPointer, toProblemItems, type ProblemItem, type ProblemWords } from '@gradstream/contracts';
import { z } from 'zod';
import type {
  ArgumentReference,
  CallDefinition,
  GraphDefinition,
  LayerDefinition,
  TensorReference,
} from '../definition/definition.js';
import { chain } from '../definition/chain.js';
import type { ModelLimits } from '../graph/limits.js';
import { commonConfig, kerasObject } from '../layers/schemas.js';

const WORDS: ProblemWords = {
  unknownKey: {
    where: 'here',
    hint: 'A setting that is not carried out is refused rather than ignored: leave it out',
  },
  badValueHint: 'Give a value that Keras would write here, or leave it out where it has a default',
  unionsSpeak: true,
};

const settings = z.record(z.string(), z.unknown());
const layerSchema = z.strictObject({
  ...kerasObject,
  class_name: z.string(),
  config: settings,
  name: z.string().optional(),
  /** Keras writes an empty one for a nested model. */
  compile_config: z.strictObject({}).nullish(),
  inbound_nodes: z
    .array(z.strictObject({ args: z.array(z.unknown()).default([]), kwargs: settings.default({}) }))
    .optional(),
});

/** [layer, call, output]. */
const historySchema = z
  .tuple([z.string(), z.int().min(0), z.int().min(0)])
  .transform(([layer, call, output]): TensorReference => ({ layer, call, output }));
/** Keras writes one tensor bare, several as a list or by name. */
const endsSchema = z.union([
  historySchema.transform((one) => [one]),
  z.array(historySchema).min(1),
  z.record(z.string(), historySchema).transform((named) => Object.values(named)),
]);
const tensorSchema = z.object({
  class_name: z.literal('__keras_tensor__'),
  config: z.object({ keras_history: historySchema }),
});

const base = {
  ...commonConfig,
  layers: z.array(z.unknown()).min(1),
  build_input_shape: z.unknown().optional(), // Follows from the layers.
};
const sequentialSchema = z.strictObject({ ...base, name: z.string().default('sequential') });
const functionalSchema = z.strictObject({
  ...base,
  name: z.string().default('functional'),
  input_layers: endsSchema,
  output_layers: endsSchema,
});
const modelSchema = z.strictObject({
  ...kerasObject,
  class_name: z.enum(['Sequential', 'Functional', 'Model'], {
    error: 'is no model that can be read: Sequential and Functional ones are',
  }),
  config: settings,
  /** Empty where the model was not compiled. */
  compile_config: z
    .strictObject({}, { error: 'the run sets optimizer, loss and metrics: leave compile_config out' })
    .nullish(),
});

const MODELS = new Set(['Sequential', 'Functional', 'Model']);

/** Keras counts the calls of a nested functional model from 1 where it names outputs: 0 is the model's own definition. */
function countedFromCalls(output: TensorReference, layers: readonly LayerDefinition[]): TensorReference {
  const isNested = layers.some(({ name, model }) => name === output.layer && model?.kind === 'Functional');
  return isNested ? { ...output, call: Math.max(0, output.call - 1) } : output;
}

/** All tensors within an argument, in order. */
function tensorsIn(argument: unknown): TensorReference[] {
  if (Array.isArray(argument)) return argument.flatMap(tensorsIn);
  const { success, data } = tensorSchema.safeParse(argument);
  return success ? [data.config.keras_history] : [];
}

/** Tensors and options of a call. */
function readCall(args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>): CallDefinition {
  const named = (name: string | null, argument: unknown): ArgumentReference[] =>
    tensorsIn(argument).map((tensor) => ({ ...tensor, name }));
  const positional = args.flatMap((argument) => named(null, argument));
  const inputs = [...positional, ...Object.entries(kwargs).flatMap(([name, value]) => named(name, value))];
  const options = Object.entries(kwargs).filter(
    ([, value]) => value !== null && tensorsIn(value).length === 0,
  );
  return { inputs, options: Object.fromEntries(options) };
}

class Keras3Reader {
  constructor(
    private readonly limits: ModelLimits,
    readonly problems: ProblemItem[],
  ) {}

  #count = 0;

  /** A model whose settings lie at `path`/config; null after its problems were listed. */
  model(type: string, config: unknown, path: readonly PropertyKey[], depth: number): GraphDefinition | null {
    if (depth > this.limits.depth)
      return this.#refuse(
        path,
        'tooDeep',
        `models are nested more than ${this.limits.depth} deep`,
        'Take one apart',
      );
    const below = [...path, 'config'];
    if (type === 'Sequential') {
      const data = this.#parse(sequentialSchema, config, below);
      if (!data) return null;
      const layers = this.#layers(data.layers, below, depth);
      return chain({ name: data.name, trainable: data.trainable, layers, path: below });
    }
    const data = this.#parse(functionalSchema, config, below);
    if (!data) return null;
    const { name, trainable, input_layers: inputs, output_layers: outputs } = data;
    const layers = this.#layers(data.layers, below, depth);
    const ends = outputs.map((output) => countedFromCalls(output, layers));
    return { kind: 'Functional', name, trainable, layers, inputs, outputs: ends, path: below };
  }

  #layers(layers: readonly unknown[], path: readonly PropertyKey[], depth: number): LayerDefinition[] {
    this.#count += layers.length;
    if (this.#count > this.limits.layers) {
      const message = `the model has more than ${this.limits.layers} layers`;
      this.#refuse([...path, 'layers'], 'tooLarge', message, 'Make the model smaller');
      return [];
    }
    return layers.flatMap(
      (layer, index) => this.#layer(layer, index, [...path, 'layers', index], depth) ?? [],
    );
  }

  #layer(given: unknown, index: number, path: readonly PropertyKey[], depth: number): LayerDefinition | null {
    const data = this.#parse(layerSchema, given, path);
    if (!data) return null;
    const { class_name: type, config } = data;
    const named = data.name ?? config['name'];
    return {
      name: typeof named === 'string' ? named : `${type.toLowerCase()}_${index}`,
      type,
      config,
      model: MODELS.has(type) ? this.model(type, config, path, depth + 1) : null,
      calls:
        type === 'InputLayer'
          ? [{ inputs: [], options: {} }]
          : (data.inbound_nodes?.map(({ args, kwargs }) => readCall(args, kwargs)) ?? []),
      path,
      configPath: [...path, 'config'],
    };
  }

  #parse<T>(schema: z.ZodType<T>, value: unknown, path: readonly PropertyKey[]): T | null {
    const { success, data, error } = schema.safeParse(value);
    if (success) return data;
    this.problems.push(...toProblemItems(error.issues, path, WORDS));
    return null;
  }

  #refuse(path: readonly PropertyKey[], code: string, message: string, hint: string): null {
    this.problems.push({ pointer: toPointer(path), code, message, hint });
    return null;
  }
}

/** The definition that a document describes, or null with its problems listed. */
export function readKeras3(
  document: unknown,
  limits: ModelLimits,
  problems: ProblemItem[],
): GraphDefinition | null {
  const { success, data, error } = modelSchema.safeParse(document);
  if (!success) {
    problems.push(...toProblemItems(error.issues, [], WORDS));
    return null;
  }
  const definition = new Keras3Reader(limits, problems).model(data.class_name, data.config, [], 1);
  return problems.length > 0 ? null : definition;
}
