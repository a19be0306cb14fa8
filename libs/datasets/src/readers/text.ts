// Bytes to text, chunk by chunk, with the line on which it stops being text.

/** Why bytes are no text that can be kept; `line` counts from 1. */
export class TextError extends Error {
  constructor(
    readonly line: number,
    readonly code: 'encoding' | 'tooLarge',
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

const countLines = (text: string): number => {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
};

/**
 * UTF-8 chunks as text, none of it cut inside a character. Throws TextError beyond `maxBytes`, on bytes that are not
 * UTF-8, and on U+0000, which no text column takes.
 */
export async function* decodeText(
  source: AsyncIterable<Uint8Array | string>,
  maxBytes: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let line = 1;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      const error = new TextError(
        line,
        'encoding',
        'the file is not UTF-8 from about here on',
        'Save it as UTF-8',
      );
      throw Object.assign(error, { cause });
    }
  };
  for await (const given of source) {
    const chunk = typeof given === 'string' ? Buffer.from(given) : given;
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new TextError(line, 'tooLarge', `the file is larger than ${maxBytes} bytes`);
    const text = decode(chunk);
    const nul = text.indexOf('\0');
    if (nul !== -1) {
      line += countLines(text.slice(0, nul));
      const hint = 'Save it as UTF-8 text; a file in UTF-16 looks like this';
      throw new TextError(line, 'encoding', 'the file holds a NUL character here', hint);
    }
    line += countLines(text);
    if (text !== '') yield text;
  }
  const rest = decode();
  if (rest !== '') yield rest;
}
