import type { Dataset, RunVerdict } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../../session/SessionProvider.js';
import type { RunDraft } from './draft.js';
import { useVerdict, type Asked } from './useVerdict.js';

/** What the server says of a run as it is written. */
export function useRunVerdict(run: RunDraft | null): Asked<RunVerdict> {
  const client = useClient();
  return useVerdict<RunVerdict>(
    'run',
    run === null ? null : JSON.stringify(run),
    (value) => client.runs.validate(value as RunDraft),
    ({ errors }) => ({ ok: false, problems: [...errors], warnings: [], memory: null }),
  );
}

/** The dataset with an id, once it is known. */
export function useDataset(id: string | null): Dataset | undefined {
  const client = useClient();
  return useQuery({
    queryKey: ['dataset', id],
    queryFn: () => client.datasets.get(id ?? ''),
    enabled: id !== null,
    staleTime: Infinity,
  }).data;
}
