// The process that reads one upload. A file that breaks a reader, or takes too much memory, ends this process alone.

import { GradstreamError, startIngestSchema, type FromIngest } from '@gradstream/contracts';
import { ingest, openTable } from '@gradstream/datasets';
import { boundPreview, boundStatistics } from './bounds.js';

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
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    return { type: 'failed', code, message: error instanceof Error ? error.message : String(error) };
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
