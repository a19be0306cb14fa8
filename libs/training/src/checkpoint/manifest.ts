import {
  checkpointManifestSchema,
  toProblemItems,
  GradstreamError,
  type CheckpointManifest,
} from '@gradstream/contracts';
import { invalidCheckpoint, parseJson } from '@gradstream/models';
import { openFile, readAt } from './tensorReader.js';

export const MANIFEST = 'manifest.json';
const LIMITS = { maxBytes: 8 * 1024 * 1024, maxDepth: 100 };

/** Reads and checks a manifest that errors call `file`. Throws CHECKPOINT_INVALID. */
export async function readManifest(location: string, file: string): Promise<CheckpointManifest> {
  const handle = await openFile(location, file);
  try {
    const { size } = await handle.stat();
    if (size > LIMITS.maxBytes)
      throw invalidCheckpoint(file, `has ${size} bytes, the limit is ${LIMITS.maxBytes}`);
    return parseManifest(file, await readAt(handle, file, 0, size));
  } finally {
    await handle.close();
  }
}

/** Checks the bytes of a manifest. Throws CHECKPOINT_INVALID. */
export function parseManifest(file: string, bytes: Uint8Array): CheckpointManifest {
  const parsed = checkpointManifestSchema.safeParse(parseJson(file, bytes, LIMITS));
  if (parsed.success) return parsed.data;
  const detail = `${file} is not valid: it has fields that are missing or wrong. Use another checkpoint, or the version of Gradstream that wrote this one.`;
  throw new GradstreamError('CHECKPOINT_INVALID', detail, {
    errors: toProblemItems(parsed.error.issues),
    cause: parsed.error,
  });
}

/** What a resumed run is compared with. */
export type ResumeBasis = Pick<CheckpointManifest, 'specSha256' | 'seed' | 'engineVersion' | 'execution'>;

/**
 * What of a run differs from the one that wrote the manifest, so that it would end with other bytes; empty: resuming is
 * exact. Throws CHECKPOINT_INVALID for another spec or seed: then it is no continuation of that run.
 */
export function inexactBecause(manifest: CheckpointManifest, run: ResumeBasis): string[] {
  if (manifest.specSha256 !== run.specSha256 || manifest.seed !== run.seed)
    throw invalidCheckpoint(
      MANIFEST,
      'belongs to a run of another spec or seed',
      'Start a new run with its weights.',
    );
  const settings = ({ engineVersion, execution }: ResumeBasis) => ({ engineVersion, ...execution });
  const before = Object.entries(settings(manifest));
  const now = new Map<string, unknown>(Object.entries(settings(run)));
  return before
    .filter(([name, value]) => now.get(name) !== value)
    .map(([name, value]) => `${name} was ${value}, is ${String(now.get(name))}`);
}
