// Weights as a ZIP that TensorFlow.js loads: model.json, and the data of the safetensors file as they are. They go
// through as a stream: memory for the header alone.

import { GradstreamError } from '@gradstream/contracts';
import {
  headerBytes,
  parseHeader,
  PREFIX_BYTES,
  storedModel,
  toTfjs,
  toTfjsModel,
  type ModelGraph,
} from '@gradstream/models';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

const FILE = 'model.safetensors';

/** Throws FORMAT_UNSUPPORTED with all that TensorFlow.js does not have. */
function unlessRefused<T extends { readonly ok: boolean }>(exported: T): Extract<T, { ok: true }> {
  if (exported.ok) return exported as Extract<T, { ok: true }>;
  const errors = 'problems' in exported && Array.isArray(exported.problems) ? exported.problems : [];
  const detail =
    'The model is not one that TensorFlow.js can load: download it as safetensors, or train a model without what is named.';
  throw new GradstreamError('FORMAT_UNSUPPORTED', detail, { errors });
}

/** The graph of a stored definition. Throws FORMAT_UNSUPPORTED when TensorFlow.js does not have it. */
export function graphForTfjs(definition: unknown): ModelGraph {
  const graph = storedModel(definition);
  unlessRefused(toTfjs(graph));
  return graph;
}

/** Reads the head of a file of known size from its stream; what follows comes from `data`. Throws CHECKPOINT_INVALID. */
async function splitHeader(stream: Readable, fileBytes: number) {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  let read = Buffer.alloc(0);
  const fill = async (length: number): Promise<void> => {
    while (read.byteLength < length) {
      const next = await chunks.next();
      if (next.done) break; // Too short: whoever looks at it says so.
      read = Buffer.concat([read, next.value]);
    }
  };
  await fill(PREFIX_BYTES);
  const start = PREFIX_BYTES + headerBytes(FILE, read.subarray(0, PREFIX_BYTES), fileBytes);
  await fill(start);
  const { entries } = parseHeader(FILE, read.subarray(PREFIX_BYTES, start), fileBytes);
  async function* data(): AsyncGenerator<Buffer> {
    if (read.byteLength > start) yield read.subarray(start);
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }
  return { entries, data: Readable.from(data(), { objectMode: false }), dataBytes: fileBytes - start };
}

/** The ZIP of a graph and its file of weights, as a stream. Throws CHECKPOINT_INVALID, FORMAT_UNSUPPORTED. */
export async function zipForTfjs(
  graph: ModelGraph,
  source: Readable,
  { bytes, createdAt }: { readonly bytes: number; readonly createdAt: Date },
): Promise<Readable> {
  try {
    const { entries, data, dataBytes } = await splitHeader(source, bytes);
    const { modelJson, weightsFile } = unlessRefused(toTfjsModel(graph, entries));
    const zip = new ZipFile();
    const output = Readable.from(zip.outputStream, { objectMode: false });
    zip.on('error', (error: Error) => output.destroy(error));
    output.once('close', () => source.destroy());
    // Weights hardly get smaller.
    const options = { compress: false, mtime: createdAt };
    zip.addBuffer(Buffer.from(JSON.stringify(modelJson)), 'model.json', options);
    zip.addReadStream(data, weightsFile, { ...options, size: dataBytes });
    zip.end();
    return output;
  } catch (error) {
    source.destroy();
    throw error;
  }
}
