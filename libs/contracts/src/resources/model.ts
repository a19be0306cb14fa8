import { z } from 'zod';
import { findTooDeep, TOO_DEEP } from '../common/depth.js';
import { idSchema } from '../common/ids.js';
import { nameSchema, pageSchema, timestampSchema } from '../common/pages.js';
import { storable } from '../common/text.js';
import { memoryEstimateSchema, verdictSchema } from './queries.js';

/** Longest definition, in characters of its JSON: a model of 200 layers needs about 100,000. */
const MAX_DEFINITION = 2 ** 20;

const json = z.json();

/** JSON as it was posted, an object or a list of layers; libs/models says whether it is a model. */
export const definitionSchema = z
  .union([z.record(z.string(), json), z.array(json)])
  .check(storable)
  .refine((definition) => JSON.stringify(definition).length <= MAX_DEFINITION, {
    error: `a definition is at most ${MAX_DEFINITION} characters of JSON`,
  })
  .describe('Keras model.to_json(), a TensorFlow.js model.json, or the shorthand (docs/models.md)')
  .meta({ id: 'ModelDefinition' });
export type ModelDefinition = z.infer<typeof definitionSchema>;

/** The text that Python's model.to_json() returns, as what it says. */
const definitionTextSchema = z
  .string()
  .max(MAX_DEFINITION)
  .transform((text, context): unknown => {
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    let definition: unknown;
    try {
      definition = JSON.parse(text);
    } catch (error) {
      return refuse(`is a text that is not valid JSON: ${error instanceof Error ? error.message : ''}`);
    }
    if (typeof definition !== 'object' || definition === null)
      return refuse('is a text whose JSON is neither an object nor a list');
    return findTooDeep(definition) === null ? definition : refuse(TOO_DEEP);
  })
  .pipe(definitionSchema);

export const createModelSchema = z
  .strictObject({ name: nameSchema, definition: z.union([definitionSchema, definitionTextSchema]) })
  .meta({ id: 'CreateModel' });
export type CreateModel = z.infer<typeof createModelSchema>;

export const layerSummarySchema = z
  .object({
    name: z.string(),
    type: z.string(),
    outputShape: z.array(z.int()).describe('Without the batch axis'),
    parameterCount: z.int(),
  })
  .meta({ id: 'LayerSummary' });

/** What goes into a model, or comes out of it. */
export const tensorSpecSchema = z
  .object({
    name: z.string().describe('Of the layer that takes or gives it'),
    shape: z.array(z.int()).describe('Without the batch axis'),
    dtype: z.enum(['float32', 'int32']),
  })
  .meta({ id: 'TensorSpec' });
export type TensorSpec = z.infer<typeof tensorSpecSchema>;

/** The table of a model's layers, and what they add up to. Shapes are without the batch axis. */
export const modelSummarySchema = z
  .object({
    inputs: z.array(tensorSpecSchema),
    outputs: z.array(tensorSpecSchema),
    inputShape: z.array(z.int()).describe('Of the first input'),
    outputShape: z.array(z.int()).describe('Of the first output'),
    layers: z.array(layerSummarySchema),
    parameters: z.object({
      total: z.int(),
      trainable: z.int().describe('Changed by training'),
      frozen: z.int().describe('Left as they are'),
    }),
    frozenLayers: z.array(z.string()).describe('Layers with weights that are set not to train'),
    flops: z
      .object({
        forward: z.int(),
        training: z.int().describe('Three times the forward pass, by convention'),
      })
      .describe('Floating-point operations for one sample; a multiply-add is two'),
  })
  .meta({ id: 'ModelSummary' });
export type ModelSummary = z.infer<typeof modelSummarySchema>;

/** The verdict on a definition; of one that can be built also the summary that it would have. */
export const modelVerdictSchema = verdictSchema
  .extend({
    summary: modelSummarySchema.nullable(),
    memory: memoryEstimateSchema
      .nullable()
      .describe('Of a step with the defaults of a run: batches of 32, adam, float32'),
  })
  .meta({ id: 'ModelVerdict' });
export type ModelVerdict = z.infer<typeof modelVerdictSchema>;

export const modelSchema = z
  .object({
    id: idSchema('model'),
    name: z.string(),
    inputs: z.array(tensorSpecSchema),
    outputs: z.array(tensorSpecSchema),
    inputShape: z.array(z.int()).describe('Of the first input'),
    outputShape: z.array(z.int()).describe('Of the first output'),
    parameterCount: z.int(),
    layers: z.array(layerSummarySchema),
    definition: definitionSchema,
    createdAt: timestampSchema,
  })
  .meta({ id: 'Model' });
export type Model = z.infer<typeof modelSchema>;
export const modelPageSchema = pageSchema(modelSchema).meta({ id: 'ModelPage' });
