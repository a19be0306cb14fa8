// A ZIP of images as a table: folders that are classes, or a CSV that names the files.

import type { ProblemItem } from '@gradstream/contracts';
import { batchRows, checkRowBytes, type ReadLimits } from '../limits.js';
import { openCsv } from '../csv.js';
import { ProblemList, quoted, rejected, unreadable } from '../problems.js';
import type { BatchColumn, Cell, FixedColumn, SourceColumn, TableSource } from '../source.js';
import { openZip, type ZipEntry, type ZipReader } from '../zip.js';
import { decodeImage, ImageError, sizeOfImage, type ImageSize } from './decode.js';

/** Images of a ZIP, and bytes of one that is still encoded. */
const MAX_IMAGES = 500_000;
const MAX_FILE = 64 * 2 ** 20;
/** Images that are decoded at a time. */
const PARALLEL = 4;
const BATCH_IMAGES = 64;

export interface ImageOptions {
  /** The size that all are brought to. Without it all must have the size of the first. */
  readonly size?: ImageSize;
}

/** An image and the other cells of its row. */
interface Item {
  readonly entry: ZipEntry;
  readonly cells: readonly Cell[];
  readonly line: number | null;
}

interface Listing {
  readonly columns: readonly string[];
  readonly items: readonly Item[];
}

const byName = (a: ZipEntry, b: ZipEntry): number => (a.name < b.name ? -1 : 1);

/** Images by the folder that each lies in, which is its class; in the order of their names. */
function listFolders({ entries }: ZipReader): Listing {
  const items = [...entries].sort(byName).map((entry) => {
    const folder = entry.name.split('/').at(-2);
    if (folder === undefined) {
      const message = `${quoted(entry.name)} lies in no folder, and there is no CSV that names it`;
      throw unreadable({
        code: 'noClass',
        message,
        hint: 'Put each image into a folder named after its class',
      });
    }
    return { entry, cells: [folder], line: null };
  });
  return { columns: ['label'], items };
}

/** Images by a CSV: its first column has their names, the others go with them. Its problems are thrown as a list. */
async function listNames(zip: ZipReader, csv: ZipEntry, limits: ReadLimits): Promise<Listing> {
  const table = await openCsv(zip.stream(csv), limits, ',');
  const files = new Map(zip.entries.map((entry) => [entry.name, entry]));
  const folder = csv.name
    .split('/')
    .slice(0, -1)
    .map((part) => `${part}/`)
    .join('');
  const problems = new ProblemList();
  const items: Item[] = [];
  for await (const { rows, columns, lines } of table.batches(problems)) {
    for (let row = 0; row < rows; row++) {
      const [name = null, ...cells] = columns.map((column) =>
        column.kind === 'cells' ? (column.cells[row] ?? null) : null,
      );
      const text = typeof name === 'string' ? name.trim() : '';
      const entry = files.get(text) ?? files.get(folder + text);
      const line = lines?.[row] ?? 1;
      if (entry !== undefined && entry !== csv) items.push({ entry, cells, line });
      else {
        const message = `there is no file ${quoted(text)} in the ZIP`;
        problems.add({ line, column: 1, code: 'noFile', message, hint: 'The first column names the images' });
      }
    }
  }
  if (problems.count > 0) throw rejected(problems);
  return { columns: table.columns.slice(1).map(({ name }) => name), items };
}

async function readEntry(zip: ZipReader, entry: ZipEntry): Promise<Buffer> {
  if (entry.bytes > MAX_FILE) throw new ImageError(`has ${entry.bytes} bytes, the limit is ${MAX_FILE}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of zip.stream(entry)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The size of all images: as it was asked for, or that of the first one that can be read. */
async function commonSize(zip: ZipReader, items: readonly Item[]): Promise<ImageSize> {
  for (const { entry } of items) {
    try {
      return await sizeOfImage(await readEntry(zip, entry));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error; // Else it is a problem of its row, when that is read.
    }
  }
  throw unreadable({
    code: 'noImages',
    message: 'none of its files is an image',
    hint: 'PNG, JPEG, GIF and WebP are read',
  });
}

function badImage({ entry, line }: Item, { message }: ImageError): ProblemItem {
  return {
    ...(line === null ? {} : { line }),
    code: 'badImage',
    message: `${quoted(entry.name)} ${message}`,
    hint: 'Mend or remove it; images of several sizes need a size that all are brought to',
  };
}

function toSource(
  zip: ZipReader,
  { columns, items }: Listing,
  size: ImageSize,
  resize: boolean,
): TableSource {
  const shape = [size.height, size.width, size.channels];
  const length = size.height * size.width * size.channels;
  checkRowBytes(length);
  const step = Math.min(BATCH_IMAGES, batchRows(length));
  const fixed: FixedColumn = { type: 'image', dtype: 'uint8', shape };
  const named: SourceColumn[] = columns.map((name) => ({ name, fixed: null }));
  const read = async ({ entry }: Item): Promise<Uint8Array | ImageError> => {
    try {
      return await decodeImage(await readEntry(zip, entry), size, resize);
    } catch (error) {
      if (error instanceof ImageError) return error;
      throw error;
    }
  };
  return {
    columns: [{ name: 'image', fixed }, ...named],
    close: () => zip.close(),
    async *batches(problems) {
      try {
        for (let from = 0; from < items.length; from += step) {
          const some = items.slice(from, from + step);
          const values = new Uint8Array(some.length * length);
          const kept: Item[] = [];
          for (let at = 0; at < some.length; at += PARALLEL) {
            const part = some.slice(at, at + PARALLEL);
            const images = await Promise.all(part.map(read));
            part.forEach((item, index) => {
              const pixels = images[index];
              if (pixels instanceof Uint8Array) {
                values.set(pixels, kept.length * length);
                kept.push(item);
              } else if (pixels !== undefined) problems.add(badImage(item, pixels));
            });
          }
          const others = columns.map((_, index): BatchColumn => ({
            kind: 'cells',
            cells: kept.map(({ cells }) => cells[index] ?? null),
          }));
          const image: BatchColumn = { kind: 'fixed', values: values.subarray(0, kept.length * length) };
          const lines = some[0]?.line === null ? null : kept.map(({ line }) => line ?? 1);
          yield { rows: kept.length, columns: [image, ...others], lines };
        }
      } finally {
        await zip.close();
      }
    },
  };
}

/**
 * Opens a ZIP of images. With one CSV in it, that names the images in its first column; else the folder of each is its
 * class. Memory: the directory, four images that are decoded, a batch of pixels. Throws DATASET_UNREADABLE, and
 * DATASET_REJECTED for a CSV that names what is not there.
 */
export async function openImages(
  path: string,
  limits: ReadLimits,
  { size }: ImageOptions = {},
): Promise<TableSource> {
  const zip = await openZip(path, { maxBytes: limits.maxBytes, maxEntries: MAX_IMAGES });
  try {
    const tables = zip.entries.filter(({ name }) => /\.csv$/i.test(name));
    const [csv] = tables;
    if (tables.length > 1) {
      const message = `it has ${tables.length} CSV files`;
      throw unreadable({ code: 'severalTables', message, hint: 'One CSV names the images, or none' });
    }
    const listing = csv === undefined ? listFolders(zip) : await listNames(zip, csv, limits);
    if (listing.items.length === 0) throw unreadable({ code: 'empty', message: 'it has no images' });
    if (listing.columns.includes('image'))
      throw unreadable({
        code: 'duplicateHeader',
        message: 'the CSV has a column "image"',
        hint: 'Name it otherwise',
      });
    return toSource(zip, listing, size ?? (await commonSize(zip, listing.items)), size !== undefined);
  } catch (error) {
    await zip.close();
    throw error;
  }
}
