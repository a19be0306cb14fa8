/** How large a model may be; a definition beyond is refused with the limit that it breaks. */
export interface ModelLimits {
  /** Layers of a definition, those of nested models included. */
  readonly layers: number;
  /** Calls of layers, those of a nested model counted at each of its calls. */
  readonly calls: number;
  /** Outputs of a model, and inputs of one. */
  readonly outputs: number;
  readonly parameters: number;
  /** Values of any one tensor for one sample: lengths and indexes are 32-bit integers. */
  readonly values: number;
  /** Axes of any one tensor, that of the batch included: some of TensorFlow's ops take no more than 8. */
  readonly axes: number;
  /** Levels of nested models. */
  readonly depth: number;
}

export const DEFAULT_LIMITS: ModelLimits = {
  layers: 2000,
  calls: 5000,
  outputs: 1000,
  parameters: 100_000_000,
  values: 2 ** 31 - 1,
  axes: 8,
  depth: 16,
};
