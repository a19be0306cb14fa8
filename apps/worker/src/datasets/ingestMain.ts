// The process that reads one upload. A file that breaks a reader, or takes too much memory, ends this process alone.

import { GradstreamError, startIngestSchema, type FromIngest } from '@gradstream/contracts';
import { ingest, isSystemError, openTable } from '@gradstream/datasets';
import { inspect } from 'node:util';
import { boundPreview, boundStatistics } from './bounds.js';
import { WRITE_ANEW } from './hints.js';

async function read(message: unknown): Promise<FromIngest> {
  const { file, folder, format, columnTypes, images } = startIngestSchema.parse(message);
  try {
    const source = await openTable(file, { format, ...(images ? { images: { size: images } } : {}) });
    const { index, statistics, preview } = await ingest(source, { folder, columnTypes });
    return {
      type: 'ingested',
      index,
      statistics: boundStatistics(statistics),
      preview: boundPreview(preview),
    };
  } catch (error) {
    if (error instanceof GradstreamError) {
      const [first = { code: 'unreadable', message: error.detail }, ...more] = error.errors;
      return { type: 'rejected', problems: [first, ...more] };
    }
    const message = error instanceof Error ? error.message : String(error);
    if (isSystemError(error)) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : null;
      return { type: 'failed', code, message };
    }
    // The same file would bring it about again.
    process.stderr.write(`${inspect(error)}\n`);
    return {
      type: 'rejected',
      problems: [{ code: 'readerFailed', message: `the reader failed: ${message}`, hint: WRITE_ANEW }],
    };
  }
}

process.once('disconnect', () => process.exit(0)); // The worker is gone.
process.once('message', (message) => {
  void read(message).then((answer) => {
    process.send?.(answer, undefined, {}, () => {
      process.disconnect();
    });
  });
});
