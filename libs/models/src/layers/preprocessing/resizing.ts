import type { Tensor4D } from '@gradstream/engine';
import { z } from 'zod';
import { SettingError, type LayerType } from '../layer.js';
import {
  cropped,
  floatImages,
  imageConfig,
  imageShape,
  padded,
  resized,
  sizeConfig,
  window,
  type Size,
} from './images.js';

const unsupported = (name: string) => ({ error: `${name} is not supported: leave it out` });
const config = z.strictObject({
  ...imageConfig,
  ...sizeConfig,
  interpolation: z
    .enum(['bilinear', 'nearest'], { error: 'only "bilinear" and "nearest" are supported' })
    .default('bilinear'),
  crop_to_aspect_ratio: z.boolean().default(false),
  pad_to_aspect_ratio: z.boolean().default(false),
  fill_mode: z.literal('constant', { error: 'only "constant"' }).default('constant'),
  fill_value: z.number().default(0),
  antialias: z.literal(false, unsupported('antialias')).default(false),
});

/** Rows and columns to add on each side, so that an image gets the proportions of a target. */
const margins = ([height, width]: Size, [rows, columns]: Size): Size => [
  Math.trunc((Math.max(height, Math.trunc((width * rows) / columns)) - height) / 2),
  Math.trunc((Math.max(width, Math.trunc((height * columns) / rows)) - width) / 2),
];

/** Keras `Resizing`: images in another size; integers stay whole. */
export const resizing: LayerType<z.infer<typeof config>> = {
  config,
  build: (settings, inputs) => {
    const [height, width, channels] = imageShape(inputs);
    const target: Size = [settings.height, settings.width];
    const { crop_to_aspect_ratio: crops, pad_to_aspect_ratio: pads, interpolation } = settings;
    if (crops && pads) {
      const message = 'is set together with crop_to_aspect_ratio, which does the opposite';
      throw new SettingError(['pad_to_aspect_ratio'], message, 'Set one of them');
    }
    const { start, size } = window([height, width], target);
    const added = margins([height, width], target);
    const prepared = (images: Tensor4D): Tensor4D => {
      if (crops) return cropped(images, start, size);
      return pads ? padded(images, added, settings.fill_value) : images;
    };
    return {
      outputs: [[...target, channels]],
      weights: [],
      flops: (interpolation === 'bilinear' ? 9 : 0) * target[0] * target[1] * channels,
      call: ({ gs }, tensors) => {
        const output = resized(gs, prepared(floatImages(tensors)), target, interpolation);
        return tensors[0]?.dtype === 'int32' ? output.round() : output;
      },
    };
  },
};
