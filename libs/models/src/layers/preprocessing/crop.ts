import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import type { LayerType } from '../layer.js';
import {
  cropped,
  drawn,
  floatImages,
  imageConfig,
  imageShape,
  randomConfig,
  resized,
  sizeConfig,
  window,
  type Size,
} from './images.js';
import { offsets, sample } from './sample.js';

const centerConfig = z.strictObject({ ...imageConfig, ...sizeConfig });

/** Keras `CenterCrop`: the middle of an image; one that is smaller is cropped to the proportions and resized. */
export const centerCrop: LayerType<z.infer<typeof centerConfig>> = {
  config: centerConfig,
  build: (settings, inputs) => {
    const [height, width, channels] = imageShape(inputs);
    const target: Size = [settings.height, settings.width];
    const [rows, columns] = [height - target[0], width - target[1]];
    const { start, size } =
      rows >= 0 && columns >= 0
        ? { start: [Math.floor(rows / 2), Math.floor(columns / 2)] as const, size: target }
        : window([height, width], target);
    return {
      outputs: [[...target, channels]],
      weights: [],
      flops: size === target ? 0 : 9 * target[0] * target[1] * channels,
      call: ({ gs }, tensors) => resized(gs, cropped(floatImages(tensors), start, size), target),
    };
  },
};

const randomCropConfig = z.strictObject({ ...randomConfig, ...sizeConfig });

/**
 * Keras `RandomCrop` as its documentation says: in training a part anywhere in the image, another place for each one;
 * else, and where the image is smaller, the largest window of the proportions, resized.
 */
export const randomCrop: LayerType<z.infer<typeof randomCropConfig>> = {
  config: randomCropConfig,
  build: (settings, inputs) => {
    const [height, width, channels] = imageShape(inputs);
    const target: Size = [settings.height, settings.width];
    const [rows, columns] = [height - target[0], width - target[1]];
    const { start, size } = window([height, width], target);
    return {
      outputs: [[...target, channels]],
      weights: [],
      flops: 9 * target[0] * target[1] * channels,
      kept: target[0] * target[1],
      call: (context, tensors) => {
        const { gs, training } = context;
        const images = floatImages(tensors);
        if (!training || rows < 0 || columns < 0) return resized(gs, cropped(images, start, size), target);
        // A draw that rounds up to the end of the range stays within the image.
        const from = (places: number): Tensor =>
          gs.tf.minimum(drawn(context, images, [0, places + 1]).floor(), places);
        const [y, x] = offsets(gs, target);
        const at = { y: y.add(from(rows)), x: x.add(from(columns)) };
        return sample(gs, images, at, { interpolation: 'nearest', fill_mode: 'nearest', fill_value: 0 });
      },
    };
  },
};
