// What layers on images share: their shapes, the ranges of random parameters, and the largest centred window.

import type { Engine, Tensor, Tensor4D } from '@gradstream/engine';
import { z } from 'zod';
import {
  onlyInput,
  onlyTensor,
  ShapeError,
  showShape,
  type LayerContext,
  type LayerInputs,
  type LayerPlan,
} from '../layer.js';
import { commonConfig, dataFormatSchema, lengthSchema, seedSchema } from '../schemas.js';

/** Height and width. */
export type Size = readonly [height: number, width: number];

export const imageConfig = { ...commonConfig, data_format: dataFormatSchema };
export const randomConfig = { ...imageConfig, seed: seedSchema };
export const sizeConfig = { height: lengthSchema, width: lengthSchema };

/** Least and most; Keras sorts them. */
export type Range = readonly [least: number, most: number];

/** A range from two numbers, or from one that is made into two. */
export const rangeSchema = (number: z.ZodType<number>, ofOne: (value: number) => Range) =>
  z
    .union([number, z.tuple([number, number])], { error: 'must be a number in range, or two of them' })
    .transform((given): Range => {
      if (typeof given === 'number') return ofOne(given);
      const [a, b] = given;
      return [Math.min(a, b), Math.max(a, b)];
    });

/** Least and most of the values of an image. */
export const valueRangeSchema = z
  .tuple([z.number(), z.number()])
  .transform(([a, b]): Range => [Math.min(a, b), Math.max(a, b)])
  .prefault([0, 255]);

/** The shape of one image. Throws ShapeError for another rank. */
export function imageShape(inputs: LayerInputs): [height: number, width: number, channels: number] {
  const shape = onlyInput(inputs);
  const [height, width, channels] = shape;
  if (height !== undefined && width !== undefined && channels !== undefined && shape.length === 3)
    return [height, width, channels];
  const message = `takes images [height, width, channels], it is given the shape ${showShape(shape)}`;
  throw new ShapeError(message, 'Put a Reshape before it, which adds the axes that are missing');
}

/** The only input as float32. */
export function floatImages(tensors: readonly Tensor[]): Tensor4D {
  const images = onlyTensor(tensors).as4D(...(onlyTensor(tensors).shape as Tensor4D['shape']));
  return images.dtype === 'float32' ? images : images.cast('float32');
}

/** A layer that changes images in training only, and keeps their shape. */
export function augmentation(
  inputs: LayerInputs,
  costs: Pick<LayerPlan, 'flops' | 'kept'>,
  change: (context: LayerContext, images: Tensor4D) => Tensor,
): LayerPlan {
  return {
    outputs: [imageShape(inputs)],
    weights: [],
    ...costs,
    call: (context, tensors) => {
      const images = floatImages(tensors);
      return context.training ? change(context, images) : images;
    },
  };
}

/** One number an image, uniform in a range: [batch, 1, 1]. */
export function drawn({ gs, seed }: LayerContext, { shape }: Tensor4D, [least, most]: Range): Tensor {
  const uniform = gs.random.statelessUniform([shape[0], 1, 1], seed());
  return least === 0 && most === 1 ? uniform : uniform.mul(most - least).add(least);
}

/** The largest window of an image that has the proportions of a target, in the middle. */
export function window([height, width]: Size, [rows, columns]: Size): { start: Size; size: Size } {
  const size: Size = [
    Math.max(Math.min(height, Math.trunc((width * rows) / columns)), 1),
    Math.max(Math.min(width, Math.trunc((height * columns) / rows)), 1),
  ];
  return { start: [Math.trunc((height - size[0]) / 2), Math.trunc((width - size[1]) / 2)], size };
}

/** A part of each image. */
export const cropped = (images: Tensor4D, [top, left]: Size, [height, width]: Size): Tensor4D =>
  images.slice([0, top, left, 0], [images.shape[0], height, width, images.shape[3]]);

/** Images with as many rows above and below, and columns on both sides, of a fill value. */
export const padded = (images: Tensor4D, [rows, columns]: Size, fill: number): Tensor4D =>
  images.pad<Tensor4D>(
    [
      [0, 0],
      [rows, rows],
      [columns, columns],
      [0, 0],
    ],
    fill,
  );

/** Images in another size, as TensorFlow 2's `tf.image.resize` does it: pixels have centres at halves. */
export function resized(
  { tf }: Engine,
  images: Tensor4D,
  [height, width]: Size,
  interpolation: 'bilinear' | 'nearest' = 'bilinear',
): Tensor4D {
  if (images.shape[1] === height && images.shape[2] === width) return images;
  return interpolation === 'bilinear'
    ? tf.image.resizeBilinear(images, [height, width], false, true)
    : tf.image.resizeNearestNeighbor(images, [height, width], false, true);
}
