// The forward pass of a network of dense layers in plain float64, from the bytes of its safetensors file: an independent
// reading of the weights and of what the metadata says about rows.

interface Entry {
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

type Layer = readonly [name: string, activation: (row: readonly number[]) => number[]];

export const relu = (row: readonly number[]): number[] => row.map((x) => Math.max(0, x));

export function softmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const powers = row.map((x) => Math.exp(x - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** A function of rows by name of column. */
export function forwardOf(
  bytes: Uint8Array,
  layers: readonly Layer[],
): (row: Readonly<Record<string, number>>) => number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, start));
  const { __metadata__: metadata, ...entries } = JSON.parse(text) as Record<string, Entry> & {
    __metadata__: Record<string, string>;
  };
  const valuesOf = (name: string): number[] => {
    const [from = 0, to = 0] = entries[name]?.data_offsets ?? [];
    return Array.from({ length: (to - from) / 4 }, (_, at) => view.getFloat32(start + from + 4 * at, true));
  };
  const columns = JSON.parse(metadata['inputColumns'] ?? '[]') as string[];
  const { offset, factor } = JSON.parse(metadata['scaling'] ?? '{}') as {
    offset: number[];
    factor: number[];
  };
  const weights = layers.map(([name, activation]) => ({
    kernel: valuesOf(`${name}/kernel`),
    bias: valuesOf(`${name}/bias`),
    activation,
  }));
  return (row) => {
    let values = columns.map((name, at) => ((row[name] ?? NaN) - (offset[at] ?? 0)) * (factor[at] ?? 1));
    for (const { kernel, bias, activation } of weights) {
      const given = values;
      values = activation(
        bias.map((b, unit) =>
          given.reduce((sum, x, at) => sum + x * (kernel[at * bias.length + unit] ?? NaN), b),
        ),
      );
    }
    return values;
  };
}
