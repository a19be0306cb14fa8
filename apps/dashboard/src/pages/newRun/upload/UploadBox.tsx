import type { Dataset } from '@gradstream/sdk';
import { useId, useState, type ReactNode } from 'react';
import { Button } from '../../../ui/Button.js';
import { formatBytes } from '../../../ui/format.js';
import { ErrorState } from '../../../ui/States.js';
import { ChosenFile } from './ChosenFile.js';
import { useUpload, type UploadState } from './useUpload.js';
import './upload.css';

/** Takes a file that is dropped or chosen, and makes a dataset of it. */
export function UploadBox({ onDone }: { readonly onDone: (dataset: Dataset) => void }): ReactNode {
  const { state, choose, send, drop } = useUpload(onDone);
  const [isOver, setOver] = useState(false);
  return (
    <div
      className="new-run-drop"
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file && state.kind !== 'sending') void choose(file);
      }}
    >
      {state.kind === 'idle' && <FileField onChoose={(file) => void choose(file)} />}
      {state.kind === 'chosen' && (
        <ChosenFile
          key={`${state.file.name} ${state.file.size} ${state.file.lastModified}`}
          file={state.file}
          begun={state.begun}
          onSend={(wanted) => void send(wanted)}
          onDrop={drop}
        />
      )}
      {state.kind === 'sending' && <Sending {...state} />}
      {state.kind === 'failed' && (
        <div className="upload-failed">
          <ErrorState error={state.error} onRetry={state.retry} />
          <Button onClick={drop}>Another file</Button>
        </div>
      )}
    </div>
  );
}

function FileField({ onChoose }: { readonly onChoose: (file: File) => void }): ReactNode {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>Drop a file here, or choose one</label>
      <input
        id={id}
        type="file"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) onChoose(file);
        }}
      />
      <span className="hint">CSV, TSV, JSON Lines, NPY, NPZ, Parquet, or a ZIP of images.</span>
    </>
  );
}

type SendingState = Extract<UploadState, { kind: 'sending' }>;

function Sending({ wanted: { file }, sent, reused, stop }: SendingState): ReactNode {
  return (
    <>
      <label>
        {sent < file.size ? `Sending ${file.name}` : `Checking ${file.name}`}{' '}
        <progress value={sent} max={file.size} />
      </label>
      <span className="number">
        {formatBytes(sent)} of {formatBytes(file.size)}
        {reused > 0 && `, ${formatBytes(reused)} of which had arrived before`}
      </span>
      <Button onClick={stop}>Stop</Button>
    </>
  );
}
