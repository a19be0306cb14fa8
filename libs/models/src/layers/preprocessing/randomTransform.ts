// Augmentation that moves pixels. Signs are Keras's: positive is down, to the right, counter-clockwise, and smaller.

import type { Tensor } from '@gradstream/engine';
import { z } from 'zod';
import type { LayerContext, LayerInputs, LayerPlan, LayerType } from '../layer.js';
import {
  augmentation,
  drawn,
  imageShape,
  randomConfig,
  rangeSchema,
  type Range,
  type Size,
} from './images.js';
import { offsets, sample, samplingConfig, type Places, type Sampling } from './sample.js';

const both = (value: number): Range => [-Math.abs(value), Math.abs(value)];
const fraction = rangeSchema(z.number().min(-1).max(1), both);

/** A layer that looks up each pixel at another place; `perImage` makes a number an image [batch, 1, 1]. */
function moved(
  inputs: LayerInputs,
  settings: Sampling,
  places: (context: LayerContext, perImage: (range: Range) => Tensor, size: Size) => Places,
): LayerPlan {
  const [height, width, channels] = imageShape(inputs);
  const lerps = settings.interpolation === 'bilinear' ? 3 : 0;
  const costs = { flops: 3 * lerps * height * width * channels, kept: (lerps + 1) * height * width };
  return augmentation(inputs, costs, (context, images) => {
    const perImage = (range: Range): Tensor => drawn(context, images, range);
    return sample(context.gs, images, places(context, perImage, [height, width]), settings);
  });
}

const translationConfig = z.strictObject({
  ...randomConfig,
  ...samplingConfig,
  height_factor: fraction,
  width_factor: fraction,
});

/** Keras `RandomTranslation`: shifts by shares of height and width. */
export const randomTranslation: LayerType<z.infer<typeof translationConfig>> = {
  config: translationConfig,
  build: (settings, inputs) =>
    moved(inputs, settings, ({ gs }, perImage, [height, width]) => {
      const [y, x] = offsets(gs, [height, width]);
      const down = perImage(settings.height_factor).mul(height);
      const right = perImage(settings.width_factor).mul(width);
      return { y: y.sub(down), x: x.sub(right) };
    }),
};

const zoomFraction = rangeSchema(z.number().gt(-1).max(1), both);
const zoomConfig = z.strictObject({
  ...randomConfig,
  ...samplingConfig,
  height_factor: zoomFraction,
  width_factor: zoomFraction.nullish(),
});

/** Keras `RandomZoom` about the centre: shows 1 + factor times the height and width; both alike without a width factor. */
export const randomZoom: LayerType<z.infer<typeof zoomConfig>> = {
  config: zoomConfig,
  build: ({ height_factor: ofHeight, width_factor: ofWidth, ...settings }, inputs) =>
    moved(inputs, settings, ({ gs }, perImage, [height, width]) => {
      const [y, x] = offsets(gs, [height, width]);
      const down = perImage(ofHeight).add(1);
      const across = ofWidth ? perImage(ofWidth).add(1) : down;
      const scaled = (at: Tensor, by: Tensor, center: number) => at.sub(center).mul(by).add(center);
      return { y: scaled(y, down, (height - 1) / 2), x: scaled(x, across, (width - 1) / 2) };
    }),
};

const rotationConfig = z.strictObject({ ...randomConfig, ...samplingConfig, factor: fraction });

/** Keras `RandomRotation` about the centre, by a share of a full turn. */
export const randomRotation: LayerType<z.infer<typeof rotationConfig>> = {
  config: rotationConfig,
  build: ({ factor, ...settings }, inputs) =>
    moved(inputs, settings, ({ gs }, perImage, [height, width]) => {
      const [rows, columns] = offsets(gs, [height, width]);
      const [y, x] = [rows.sub((height - 1) / 2), columns.sub((width - 1) / 2)];
      const angle = perImage(factor).mul(2 * Math.PI);
      const [cos, sin] = [angle.cos(), angle.sin()];
      return {
        y: x
          .mul(sin)
          .add(y.mul(cos))
          .add((height - 1) / 2),
        x: x
          .mul(cos)
          .sub(y.mul(sin))
          .add((width - 1) / 2),
      };
    }),
};
