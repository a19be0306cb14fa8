/** A weight, as far as statistics of layers go. */
interface Weight {
  readonly layer: { readonly name: string };
}

/** Names of the layers that have weights, in order. */
export const layerNames = (weights: readonly Weight[]): string[] => [
  ...new Set(weights.map(({ layer }) => layer.name)),
];
