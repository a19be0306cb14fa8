// Classes that stand in Keras's lists of layers and are no layers: models, and functions on tensors.

/** Classes of models. */
const MODELS = new Set(['Sequential', 'Functional', 'Model']);

/** Functions on tensors that are also layers of the same name and meaning. */
const SAME_AS_LAYERS = new Set(['Add', 'Subtract', 'Multiply', 'Maximum', 'Minimum']);

export const isModelClass = (type: string): boolean => MODELS.has(type);

/** Whether a class is a function on tensors. */
export const isFunction = (given: {
  readonly module?: string | null | undefined;
  readonly class_name: string;
}): boolean => /(^|\.)ops(\.|$)/.test(given.module ?? '') && !SAME_AS_LAYERS.has(given.class_name);
