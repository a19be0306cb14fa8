import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs';
import { codeOf, useEngine } from '../testing.js';
import type { TfjsBackend } from './tfjs.js';

const engine = useEngine();

/** tfjs-node's codecs, which are methods of its backend and no kernels. */
interface Codecs {
  decodePng(contents: Uint8Array, channels: number): Tensor;
  decodeBmp(contents: Uint8Array, channels: number): Tensor;
  decodeGif(contents: Uint8Array): Tensor;
  decodeJpeg(contents: Uint8Array, channels: number, ...options: JpegDecoding): Tensor;
  encodePng(pixels: Uint8Array, shape: number[], compression: number): Tensor;
  encodeJpeg(pixels: Uint8Array, shape: number[], ...options: JpegEncoding): Tensor;
}

type JpegDecoding = [ratio: number, fancy: boolean, recover: boolean, fraction: number, method: string];
type JpegEncoding = [
  ...[format: string, quality: number, progressive: boolean, optimize: boolean, chroma: boolean],
  ...[unit: string, xDensity: number, yDensity: number, metadata: string],
];

const codecs = (): TfjsBackend & Codecs => engine().runtime.backend as TfjsBackend & Codecs;

/** A picture without sharp edges, of 8 x 6 pixels with three channels. */
const pixels = Uint8Array.from({ length: 8 * 6 * 3 }, (_, i) => 60 + 2 * (i % 24) + 5 * Math.floor(i / 24));

/** The bytes that an encoder gives: the only element of a tensor of strings. */
function bytesOf(encoded: Tensor): Uint8Array {
  const [bytes] = encoded.dataSync() as unknown as Uint8Array[];
  if (!bytes) throw new Error('an encoder gives bytes');
  return bytes;
}

describe('images', () => {
  test('PNG gives back what it was made from, as int32, and ops go on with it', () => {
    const png = bytesOf(codecs().encodePng(pixels, [8, 6, 3], 6));
    expect(Array.from(png.subarray(1, 4))).toEqual([...Buffer.from('PNG')]);
    const image = codecs().decodePng(png, 3);
    expect([image.dtype, image.shape]).toEqual(['int32', [8, 6, 3]]);
    expect(Array.from(image.dataSync())).toEqual([...pixels]);
    expect(Array.from(image.add(engine().tf.scalar(1, 'int32')).dataSync())).toEqual([
      ...pixels.map((p) => p + 1),
    ]);
  });

  test('JPEG comes near it', () => {
    const jpeg = bytesOf(
      codecs().encodeJpeg(pixels, [8, 6, 3], 'rgb', 100, false, false, false, 'in', 300, 300, ''),
    );
    expect(Array.from(jpeg.subarray(0, 2))).toEqual([0xff, 0xd8]);
    const image = codecs().decodeJpeg(jpeg, 3, 1, true, false, 1, 'INTEGER_ACCURATE');
    expect([image.dtype, image.shape]).toEqual(['int32', [8, 6, 3]]);
    const distance = Array.from(image.dataSync(), (value, index) => Math.abs(value - (pixels[index] ?? 0)));
    expect(Math.max(...distance)).toBeLessThanOrEqual(4);
  });

  test('BMP: its rows stand from the bottom, its channels are blue, green, red', () => {
    const header = Buffer.alloc(54);
    header.write('BM');
    header.writeUInt32LE(70, 2);
    header.writeUInt32LE(54, 10);
    header.writeUInt32LE(40, 14);
    header.writeInt32LE(2, 18);
    header.writeInt32LE(2, 22);
    header.writeUInt16LE(1, 26);
    header.writeUInt16LE(24, 28);
    const rows = [1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0];
    const image = codecs().decodeBmp(Buffer.concat([header, Buffer.from(rows)]), 3);
    expect(image.shape).toEqual([2, 2, 3]);
    expect(Array.from(image.dataSync())).toEqual([9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4]);
  });

  test('GIF: a white pixel', () => {
    // The smallest GIF: a palette of white and black, one pixel of the first.
    const gif = Buffer.from('R0lGODdhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64');
    const image = codecs().decodeGif(gif);
    expect(image.shape).toEqual([1, 1, 1, 3]);
    expect(Array.from(image.dataSync())).toEqual([255, 255, 255]);
  });

  test('bytes that are no image are an error with the op, and a picture of unknown size cannot be captured', () => {
    expect(codeOf(() => codecs().decodePng(Buffer.from('no image'), 3))).toBe('INVALID_ARGUMENT');
    const png = bytesOf(codecs().encodePng(pixels, [8, 6, 3], 6));
    const step = engine().capture(() => [codecs().decodePng(png, 3)]);
    expect(codeOf(() => step.run())).toBe('UNKNOWN_SHAPE');
    step.dispose();
  });
});
