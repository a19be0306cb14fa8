import { z } from 'zod';
import { onlyInput, onlyTensor, SettingError, sizeOf, type LayerType } from '../layer.js';
import { commonConfig } from '../schemas.js';

const number = z.union([z.number(), z.array(z.number()).min(1)]);
const config = z.strictObject({ ...commonConfig, scale: number, offset: number.default(0) });

/** One number, or one for each entry of the last axis. */
function checked(
  given: number | readonly number[],
  channels: number,
  name: string,
): number | readonly number[] {
  if (typeof given === 'number' || given.length === channels) return given;
  const message = `has ${given.length} numbers, the last axis ${channels}`;
  throw new SettingError([name], message, 'Give one number, or one for each channel');
}

/** Keras `Rescaling`: x · scale + offset. */
export const rescaling: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const shape = onlyInput(inputs);
    const channels = shape.at(-1) ?? 1;
    const scale = checked(settings.scale, channels, 'scale');
    const offset = checked(settings.offset, channels, 'offset');
    return {
      outputs: [shape],
      weights: [],
      flops: 2 * sizeOf(shape),
      mask: 'pass',
      call: ({ gs }, tensors) => {
        const tensor = (value: number | readonly number[]) =>
          typeof value === 'number' ? value : gs.tf.tensor1d([...value]);
        return onlyTensor(tensors).cast('float32').mul(tensor(scale)).add(tensor(offset));
      },
    };
  },
};
