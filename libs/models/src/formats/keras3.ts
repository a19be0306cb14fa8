// Reads Keras 3's `model.to_json()` of a Sequential model. Everything that is wrong is listed, with JSON pointers.

import { toPointer, toProblemItems, type ProblemItem, type ProblemWords } from '@gradstream/contracts';
import { z } from 'zod';
import { summarize, type ModelGraph } from '../graph/graph.js';
import { ShapeError, showShape, sizeOf, type Layer, type Shape } from '../layers/layer.js';
import { registry } from '../layers/registry.js';
import { commonConfig, kerasObject } from '../layers/schemas.js';

export type ParsedModel =
  | { readonly ok: true; readonly graph: ModelGraph }
  | { readonly ok: false; readonly problems: ProblemItem[] };

const MAX_LAYERS = 200;
const MAX_PARAMETERS = 100_000_000;
/** Most values that a layer takes or gives for one sample: lengths and indexes are 32-bit integers. */
const MAX_VALUES = 2 ** 31 - 1;

const layerSchema = z.strictObject({
  ...kerasObject,
  class_name: z.string(),
  config: z.record(z.string(), z.unknown()),
});
const modelSchema = z.strictObject({
  ...kerasObject,
  class_name: z.literal('Sequential', { error: 'only Sequential models can be read yet' }),
  config: z.strictObject({
    ...commonConfig,
    name: z.string().default('sequential'),
    layers: z.array(layerSchema).min(1).max(MAX_LAYERS),
    build_input_shape: z.unknown().optional(), // Follows from the layers.
  }),
  compile_config: z
    .null({ error: 'the run sets optimizer, loss and metrics: leave compile_config out' })
    .optional(),
});

const batchShape = z
  .tuple([z.null({ error: 'the batch size must be null: the run sets it' })], z.int().positive())
  .refine((shape) => shape.length > 1, 'needs at least one axis besides the batch');
const inputSchema = z.strictObject({
  ...commonConfig,
  batch_shape: batchShape.optional(),
  batch_input_shape: batchShape.optional(),
  shape: z.array(z.int().positive()).min(1).optional(),
  sparse: z.literal(false, { error: 'sparse inputs are not supported' }).optional(),
  ragged: z.literal(false, { error: 'ragged inputs are not supported' }).optional(),
  optional: z.literal(false).optional(),
});

const WORDS: ProblemWords = {
  unknownKey: {
    where: 'for this layer',
    hint: 'A setting that is not carried out is refused rather than ignored: leave it out',
  },
  badValueHint: 'Give a value that Keras would write here, or leave it out where it has a default',
  unionsSpeak: true,
};
const OUTER_WORDS: ProblemWords = { ...WORDS, unknownKey: { ...WORDS.unknownKey, where: 'here' } };

/** The input shape, from an InputLayer or from the first layer's config; and what is left of the layers. */
class Reader {
  readonly problems: ProblemItem[] = [];
  readonly layers: Layer[] = [];
  readonly #names = new Set<string>();
  #shape: Shape | null = null;
  inputShape: Shape = [];

  /** Takes in one layer of the chain. */
  read({ class_name: type, config }: z.infer<typeof layerSchema>, index: number): void {
    const base = ['config', 'layers', index, 'config'];
    if (type === 'InputLayer') {
      this.#readInput(config, index, base);
      return;
    }
    const rest = index === 0 ? this.#takeInlineShape(config, base) : config;
    const found = registry.get(type);
    if (!found) {
      const known = [...registry.keys()].join(', ');
      this.#problem(
        ['config', 'layers', index, 'class_name'],
        'unknownLayer',
        `there is no layer "${type}"`,
        `Known: ${known}`,
      );
      this.#shape = null;
      return;
    }
    const parsed = found.read(rest);
    if (!parsed.ok) {
      this.problems.push(...toProblemItems(parsed.issues, base, WORDS));
      this.#shape = null; // What follows cannot be checked for shapes.
      return;
    }
    const name = this.#nameOf(config, type, index, base);
    if (this.#shape !== null) this.#build(parsed.build, name, this.#shape, index);
    else if (this.problems.length === 0) {
      this.#problem(
        ['config', 'layers', index],
        'noInputShape',
        'the input shape is not known',
        'Begin with an InputLayer that has a batch_shape',
      );
    }
  }

  #build(build: (name: string, shape: Shape) => Layer, name: string, shape: Shape, index: number): void {
    try {
      const layer = build(name, shape);
      if (!this.#checkSize(layer.outputShape, index)) return;
      this.layers.push(layer);
      this.#shape = layer.outputShape;
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      this.#problem(['config', 'layers', index], 'shape', `layer "${name}" ${error.message}`, error.hint);
      this.#shape = null;
    }
  }

  #readInput(config: Record<string, unknown>, index: number, base: readonly PropertyKey[]): void {
    if (index !== 0)
      this.#problem(
        ['config', 'layers', index],
        'inputNotFirst',
        'an InputLayer must be the first layer',
        'Leave it out',
      );
    const { success, data, error } = inputSchema.safeParse(config);
    if (!success) {
      this.problems.push(...toProblemItems(error.issues, base, WORDS));
      return;
    }
    const shape = data.batch_shape?.slice(1) ?? data.batch_input_shape?.slice(1) ?? data.shape;
    if (shape === undefined)
      this.#problem(base, 'noInputShape', 'batch_shape is missing', 'Such as [null, 64]');
    else this.#start(shape.map(Number), index);
  }

  /** Keras also writes the input shape into the first layer. */
  #takeInlineShape(config: Record<string, unknown>, base: readonly PropertyKey[]): Record<string, unknown> {
    const { batch_input_shape: inline, ...rest } = config;
    if (inline === undefined) return config;
    const { success, data, error } = batchShape.safeParse(inline);
    if (success) this.#start(data.slice(1).map(Number), 0);
    else this.problems.push(...toProblemItems(error.issues, [...base, 'batch_input_shape'], WORDS));
    return rest;
  }

  #start(shape: Shape, index: number): void {
    if (!this.#checkSize(shape, index)) return;
    this.inputShape = shape;
    this.#shape = shape;
  }

  /** Whether a layer's values can be counted; else a problem of it. */
  #checkSize(shape: Shape, index: number): boolean {
    if (sizeOf(shape) <= MAX_VALUES) return true;
    const message = `the shape ${showShape(shape)} has more than ${MAX_VALUES} values a sample`;
    this.#problem(['config', 'layers', index], 'tooLarge', message, 'Use smaller shapes');
    this.#shape = null; // What follows is not checked for shapes.
    return false;
  }

  #nameOf(
    config: Record<string, unknown>,
    type: string,
    index: number,
    base: readonly PropertyKey[],
  ): string {
    const given = config['name'];
    const name = typeof given === 'string' ? given : `${type.toLowerCase()}_${index}`;
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(name)) {
      this.#problem(
        [...base, 'name'],
        'badName',
        `"${name}" is no valid name`,
        'Use letters, digits, _ and - only',
      );
    }
    if (this.#names.has(name))
      this.#problem(
        [...base, 'name'],
        'duplicateName',
        `the name "${name}" is taken`,
        'Give each layer its own name',
      );
    this.#names.add(name);
    return name;
  }

  #problem(path: readonly PropertyKey[], code: string, message: string, hint: string): void {
    this.problems.push({ pointer: toPointer(path), code, message, hint });
  }
}

/** Reads a definition; lists every problem with a JSON pointer into it. */
export function parseModel(definition: unknown): ParsedModel {
  const { success, data, error } = modelSchema.safeParse(definition);
  if (!success) return { ok: false, problems: toProblemItems(error.issues, [], OUTER_WORDS) };
  const reader = new Reader();
  data.config.layers.forEach((layer, index) => {
    reader.read(layer, index);
  });
  const { problems, layers, inputShape } = reader;
  if (problems.length > 0) return { ok: false, problems };
  const pointer = '/config/layers';
  if (!layers.some((layer) => layer.parameters.length > 0)) {
    return {
      ok: false,
      problems: [
        {
          pointer,
          code: 'nothingToTrain',
          message: 'no layer has parameters',
          hint: 'Add a Dense or Conv2D layer',
        },
      ],
    };
  }
  const graph: ModelGraph = {
    name: data.config.name,
    inputShape,
    outputShape: layers.at(-1)?.outputShape ?? inputShape,
    layers,
  };
  const { parameterCount } = summarize(graph);
  if (parameterCount > MAX_PARAMETERS) {
    return {
      ok: false,
      problems: [
        {
          pointer,
          code: 'tooLarge',
          message: `${parameterCount} parameters, the limit is ${MAX_PARAMETERS}`,
        },
      ],
    };
  }
  return { ok: true, graph };
}
