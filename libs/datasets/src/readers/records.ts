// Streams a CSV file as records with their lines. Knows syntax only: what the fields mean is for others.

import type { ProblemItem } from '@gradstream/contracts';
import { CsvError, parse, type Info } from 'csv-parse';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Longest record, in bytes: keeps an unclosed quote from taking all memory. */
const MAX_RECORD_BYTES = 4 * 2 ** 20;

export interface CsvRecord {
  readonly fields: readonly string[];
  /** Line on which the record ends, the first being 1. */
  readonly line: number;
}

/** A file that cannot be read any further. */
export class CsvSyntaxError extends Error {
  constructor(readonly problem: ProblemItem) {
    super(problem.message);
  }
}

const NUL_PROBLEM = {
  code: 'encoding',
  message: 'the file holds a NUL character here',
  hint: 'Save it as UTF-8 text; a file in UTF-16 looks like this',
};

/** Passes bytes on; fails beyond a limit, on bytes that are not UTF-8, and on U+0000, which no text column takes. */
function guard(maxBytes: number): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let line = 1;
  const decode = (chunk: Buffer | undefined): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      const problem = {
        line,
        code: 'encoding',
        message: 'the file is not UTF-8 from about here on',
        hint: 'Save it as UTF-8',
      };
      throw Object.assign(new CsvSyntaxError(problem), { cause });
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        done(
          new CsvSyntaxError({
            line,
            code: 'tooLarge',
            message: `the file is larger than ${maxBytes} bytes`,
          }),
        );
        return;
      }
      try {
        const text = decode(chunk);
        const nul = text.indexOf('\0');
        line += text.slice(0, nul === -1 ? undefined : nul).split('\n').length - 1;
        if (nul !== -1) throw new CsvSyntaxError({ line, ...NUL_PROBLEM });
        done(null, text);
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        done(null, decode(undefined));
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

/** csv-parse's errors in our words. */
function toSyntaxError(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const lines: unknown = Reflect.get(error, 'lines');
  const line = typeof lines === 'number' ? lines : 1;
  return new CsvSyntaxError({
    line,
    code: 'syntax',
    message: `broken quoting or an overlong line: ${error.message}`,
    hint: 'Close every quote; write a quote inside a field as two',
  });
}

/**
 * Calls `take` with each record, empty lines left out. The source is read no faster than records are taken.
 * Throws CsvSyntaxError; errors of the source and of `take` pass through.
 */
export async function readRecords(
  source: Readable,
  maxBytes: number,
  take: (record: CsvRecord) => void,
): Promise<void> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
  });
  try {
    await pipeline(
      source,
      guard(maxBytes),
      parser,
      async (records: AsyncIterable<{ record: string[]; info: Info }>) => {
        for await (const { record, info } of records) take({ fields: record, line: info.lines });
      },
    );
  } catch (error) {
    throw toSyntaxError(error);
  }
}
