export interface PixelSize {
  readonly height: number;
  readonly width: number;
}

/** For each place of the output, the two places of the input between which it lies, and how far. */
function weights(from: number, to: number): { low: Int32Array; high: Int32Array; share: Float64Array } {
  const [low, high, share] = [new Int32Array(to), new Int32Array(to), new Float64Array(to)];
  for (let at = 0; at < to; at++) {
    const place = ((at + 0.5) * from) / to - 0.5;
    const floor = Math.floor(place);
    low[at] = Math.max(0, floor);
    high[at] = Math.min(from - 1, floor + 1);
    share[at] = place - floor;
  }
  return { low, high, share };
}

/**
 * Resizes an image, [height, width, channels] row by row, to another size by bilinear interpolation between the centers of
 * pixels, as tf.image.resize does (method bilinear, antialias off). The result goes into `out` at a place.
 */
export function resizeBilinear(
  pixels: ArrayLike<number>,
  from: PixelSize & { channels: number },
  to: PixelSize,
  out: { [index: number]: number },
  at = 0,
): void {
  const { channels } = from;
  const rows = weights(from.height, to.height);
  const columns = weights(from.width, to.width);
  let place = at;
  for (let y = 0; y < to.height; y++) {
    const [top, bottom] = [(rows.low[y] ?? 0) * from.width, (rows.high[y] ?? 0) * from.width];
    const down = rows.share[y] ?? 0;
    for (let x = 0; x < to.width; x++) {
      const [left, right] = [columns.low[x] ?? 0, columns.high[x] ?? 0];
      const across = columns.share[x] ?? 0;
      for (let channel = 0; channel < channels; channel++) {
        const pixel = (row: number, column: number) => pixels[(row + column) * channels + channel] ?? 0;
        const above = pixel(top, left) + (pixel(top, right) - pixel(top, left)) * across;
        const below = pixel(bottom, left) + (pixel(bottom, right) - pixel(bottom, left)) * across;
        out[place++] = above + (below - above) * down;
      }
    }
  }
}
