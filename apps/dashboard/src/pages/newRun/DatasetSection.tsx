import { datasetFormatOf } from '@gradstream/sdk';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type DragEvent, type ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { SelectField } from '../../ui/Field.js';
import { formatBytes } from '../../ui/format.js';
import { ErrorState } from '../../ui/States.js';
import { DatasetPreview } from './DatasetPreview.js';

interface DatasetSectionProps {
  readonly datasetId: string | null;
  readonly onChange: (id: string) => void;
}

interface Upload {
  readonly name: string;
  readonly bytes: number;
  readonly sent: number;
  readonly stop: () => void;
}

/** Picks a dataset, or takes a file that is dropped or chosen. */
export function DatasetSection({ datasetId, onChange }: DatasetSectionProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const fileId = useId();
  const [upload, setUpload] = useState<Upload | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isOver, setOver] = useState(false);
  const { data } = useQuery({ queryKey: ['datasets'], queryFn: () => client.datasets.list({ limit: 100 }) });
  const ready = (data?.data ?? []).filter(({ state }) => state === 'ready');

  const send = async (file: File): Promise<void> => {
    const stopped = new AbortController();
    const bytes = file.size;
    const told = (sent: number): void =>
      setUpload({
        name: file.name,
        bytes,
        sent,
        stop: () => stopped.abort(new Error('You stopped the upload.')),
      });
    setError(null);
    told(0);
    try {
      const source = {
        bytes,
        read: async (from: number, to: number) => new Uint8Array(await file.slice(from, to).arrayBuffer()),
      };
      const options = {
        format: datasetFormatOf(file.name) ?? 'csv',
        signal: stopped.signal,
        onProgress: told,
      };
      const dataset = await client.datasets.upload(file.name.replace(/\.\w+$/, ''), source, options);
      await cache.invalidateQueries({ queryKey: ['datasets'] });
      onChange(dataset.id);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setUpload(null);
    }
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file) void send(file);
  };
  return (
    <section className="card new-run-section" aria-label="Dataset">
      <h2>Dataset</h2>
      <SelectField
        label="One that is here"
        value={datasetId ?? ''}
        options={[
          { value: '', label: ready.length === 0 ? 'None yet: drop a file below' : 'Choose …' },
          ...ready.map(({ id, name }) => ({ value: id, label: `${name} (${id.slice(-6)})` })),
        ]}
        onChange={onChange}
      />
      <div
        className="new-run-drop"
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        {upload === null ? (
          <>
            <label htmlFor={fileId}>Drop a file here, or choose one</label>
            <input
              id={fileId}
              type="file"
              onChange={(event) => {
                const [file] = event.target.files ?? [];
                if (file) void send(file);
              }}
            />
            <span className="hint">CSV, TSV, JSON Lines, NPY, NPZ, Parquet, or a ZIP of images.</span>
          </>
        ) : (
          <>
            <label>
              {upload.sent < upload.bytes ? `Sending ${upload.name}` : `Checking ${upload.name}`}{' '}
              <progress value={upload.sent} max={upload.bytes} />
            </label>
            <span className="number">
              {formatBytes(upload.sent)} of {formatBytes(upload.bytes)}
            </span>
            <Button onClick={upload.stop}>Stop</Button>
          </>
        )}
      </div>
      {error !== null && <ErrorState error={error} />}
      {datasetId !== null && datasetId !== '' && <DatasetPreview key={datasetId} id={datasetId} />}
    </section>
  );
}
