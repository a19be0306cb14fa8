// Bytes of a stream, so many at a time.

/** Reads a stream piece by piece. Holds one chunk of it, and what was asked for. */
export class ByteStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #left: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** The next bytes, fewer only at the end of the stream. */
  async read(count: number): Promise<Buffer> {
    const out = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      if (this.#left.byteLength === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) break;
        this.#left = next.value;
      }
      const part = this.#left.subarray(0, count - filled);
      out.set(part, filled);
      filled += part.byteLength;
      this.#left = this.#left.subarray(part.byteLength);
    }
    return out.subarray(0, filled);
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
