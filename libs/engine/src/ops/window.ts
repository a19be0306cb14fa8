// How windows slide, for convolutions and pools.

import type { Padding } from './attributes.js';

/** How a window moves over the dimensions between batch and channels. */
interface WindowOf<Size extends readonly number[]> {
  readonly strides: Size;
  readonly padding: Padding;
  /** Distances of a kernel's taps, 1 by default; where one is larger the strides are 1, but for depthwise convolutions. */
  readonly dilations?: Size;
  /** For a transposed convolution: by how much its output is longer than the shortest one (Keras `output_padding`). */
  readonly outputPadding?: Size;
}

export type Window1d = WindowOf<readonly [number]>;
/** A window over images, channels last. */
export type Window = WindowOf<readonly [number, number]>;
export type Window3d = WindowOf<readonly [number, number, number]>;

/** A window over as many dimensions as the input has. */
export type AnyWindow = WindowOf<readonly number[]>;
