// Encoded images to pixels of one size, by sharp (libvips).

/** Pixels of an image that is decoded, width times height: 50 megapixels, as phones make them. */
export const MAX_PIXELS = 50_000_000;

/** Rows, columns and channels: 1 is gray, 3 is red, green and blue. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** First bytes of the formats that are read. Others, SVG among them, never reach their decoders. */
const SIGNATURES: readonly (readonly [offset: number, bytes: string])[] = [
  [0, '\x89PNG\r\n\x1a\n'],
  [0, '\xff\xd8\xff'],
  [0, 'GIF8'],
  [8, 'WEBP'],
];

/** An image that cannot be used, and why. */
export class ImageError extends Error {}

const isKnown = (bytes: Buffer): boolean =>
  SIGNATURES.some(([offset, text]) => bytes.toString('latin1', offset, offset + text.length) === text);

/**
 * sharp is loaded when the first image comes: most datasets have none, and libvips takes memory. That it cannot be loaded is
 * no ImageError: it is not the image's fault.
 */
async function pipelineOf(bytes: Buffer) {
  if (!isKnown(bytes)) throw new ImageError('is no PNG, JPEG, GIF or WebP');
  const { default: sharp } = await import('sharp');
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'warning', sequentialRead: true });
}

async function described<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const text = /pixel limit/.test(message)
      ? `has more than ${MAX_PIXELS} pixels`
      : `is damaged: ${message}`;
    throw Object.assign(new ImageError(text), { cause });
  }
}

/** The size of an image, by its header. Throws ImageError. */
export async function sizeOfImage(bytes: Buffer): Promise<ImageSize> {
  const image = await pipelineOf(bytes);
  return described(async () => {
    const { autoOrient, space } = await image.metadata();
    const { width, height } = autoOrient;
    if (width * height > MAX_PIXELS) throw new ImageError(`has more than ${MAX_PIXELS} pixels`);
    return { width, height, channels: space === 'b-w' || space === 'grey16' ? 1 : 3 };
  });
}

/**
 * The pixels of an image, [height, width, channels], 0 … 255: turned upright by EXIF, without its transparency, the first
 * frame of several. One of another size is resized when `resize` says so (Lanczos, the sides independently); else it is an
 * ImageError.
 */
export async function decodeImage(
  bytes: Buffer,
  { height, width, channels }: ImageSize,
  resize: boolean,
): Promise<Uint8Array> {
  const found = resize ? null : await sizeOfImage(bytes);
  if (found !== null && (found.width !== width || found.height !== height))
    throw new ImageError(`has ${found.width} × ${found.height} pixels, ${width} × ${height} are expected`);
  const pipeline = await pipelineOf(bytes);
  return described(async () => {
    const image = pipeline
      .autoOrient()
      .resize(width, height, { fit: 'fill' })
      .removeAlpha()
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' });
    const { data, info } = await image.toBuffer({ resolveWithObject: true });
    if (info.width === width && info.height === height && info.channels === channels) return data;
    throw new ImageError(`decodes to ${info.width} × ${info.height} × ${info.channels}`);
  });
}
