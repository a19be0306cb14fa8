// The beginning of a file: enough to name its columns. No more of it is read.

/** Bytes that are looked at. */
const HEAD = 256 * 1024;

const isGzip = ([first, second]: Uint8Array): boolean => first === 0x1f && second === 0x8b;

/** The first bytes that a stream gives; what breaks off after them is no matter. */
async function firstOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    while (bytes < HEAD) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      bytes += value.byteLength;
    }
  } catch {
    // The head of a compressed file ends in the middle of it.
  }
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all.subarray(0, HEAD);
}

/** The first lines of a text file, decompressed where it is gzip; without what is cut off at the end. */
export async function headOf(file: Blob): Promise<string> {
  const start = file.slice(0, HEAD);
  const bytes = new Uint8Array(await start.arrayBuffer());
  const plain = isGzip(bytes)
    ? await firstOf(start.stream().pipeThrough(new DecompressionStream('gzip')))
    : bytes;
  const text = new TextDecoder().decode(plain);
  const isWhole = !isGzip(bytes) && file.size <= HEAD;
  return isWhole ? text : text.slice(0, text.lastIndexOf('\n') + 1);
}
