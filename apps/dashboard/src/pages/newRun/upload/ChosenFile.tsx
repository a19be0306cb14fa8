import { datasetFormatOf, type DatasetFormat, type FeatureType } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Button } from '../../../ui/Button.js';
import { SelectField, TextField } from '../../../ui/Field.js';
import { formatBytes } from '../../../ui/format.js';
import { columnsOf, typesOf } from './columns.js';
import { headOf } from './head.js';
import type { Begun, WantedUpload } from './send.js';
import { TypeTable } from './TypeTable.js';

interface ChosenFileProps {
  readonly file: File;
  readonly begun: Begun | null;
  readonly onSend: (wanted: WantedUpload) => void;
  readonly onDrop: () => void;
}

/** Every format with its name; the type makes sure that none is left out. */
const FORMATS: Readonly<Record<DatasetFormat, string>> = {
  csv: 'CSV',
  tsv: 'TSV',
  jsonl: 'JSON Lines',
  npy: 'NPY',
  npz: 'NPZ',
  parquet: 'Parquet',
  images: 'ZIP of images',
};
const FORMAT_OPTIONS = Object.entries(FORMATS).map(([value, label]) => ({
  value: value as DatasetFormat,
  label,
}));

/** A file before it is sent: its name, its format, and the types of its columns where they are to be others than inferred. */
export function ChosenFile({ file, begun, onSend, onDrop }: ChosenFileProps): ReactNode {
  const [name, setName] = useState(file.name.replace(/(\.\w+)(\.gz)?$/, ''));
  const [format, setFormat] = useState(datasetFormatOf(file.name) ?? 'csv');
  const [types, setTypes] = useState<Readonly<Record<string, FeatureType>>>({});
  const { data: head } = useQuery({
    queryKey: ['fileHead', file.name, file.size, file.lastModified],
    queryFn: () => headOf(file),
    enabled: begun === null,
    staleTime: Infinity,
    gcTime: 0,
  });
  const columns = head === undefined ? [] : columnsOf(head, format);
  return (
    <form
      className="chosen-file"
      onSubmit={(event) => {
        event.preventDefault();
        onSend({ file, name: name.trim() === '' ? file.name : name.trim(), format, columnTypes: types });
      }}
    >
      <p>
        <strong>{file.name}</strong>, {formatBytes(file.size)}
      </p>
      {begun ? (
        <p role="status">
          {formatBytes(begun.arrived)} of this file have arrived before, for the dataset “{begun.dataset.name}
          ”: they are used again, and only the rest is sent.
        </p>
      ) : (
        <div className="chosen-file-fields">
          <TextField label="Name of the dataset" value={name} onChange={setName} />
          <SelectField label="Format" value={format} options={FORMAT_OPTIONS} onChange={setFormat} />
        </div>
      )}
      {begun === null && columns.length > 0 && (
        <TypeTable columns={columns} known={typesOf(format)} types={types} onChange={setTypes} />
      )}
      <div className="chosen-file-actions">
        <Button kind="primary" type="submit" autoFocus>
          {begun ? 'Go on with the upload' : 'Upload'}
        </Button>
        <Button onClick={onDrop}>Another file</Button>
      </div>
    </form>
  );
}
