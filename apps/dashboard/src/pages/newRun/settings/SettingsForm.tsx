import type { DatasetColumn } from '@gradstream/sdk';
import { useMemo, type ReactNode } from 'react';
import { withValue } from '../../../ui/json/jsonText.js';
import type { SchemaReader } from '../../../ui/json/SchemaReader.js';
import { parsed, toPointer } from '../../../ui/json/values.js';
import type { Problem } from '../../../ui/messages.js';
import {
  EndGroup,
  OptimizerGroup,
  PrecisionGroup,
  RecordsGroups,
  RowsGroup,
  UsualFields,
} from './FieldGroups.js';
import { FormContext, type FormState } from './formState.js';
import './settingsForm.css';

interface SettingsFormProps {
  readonly text: string;
  readonly reader: SchemaReader;
  readonly columns: readonly DatasetColumn[] | null;
  /** What the server finds wrong with the settings. */
  readonly problems: readonly Problem[];
  readonly onChange: (text: string) => void;
}

/** The settings as fields: those that most people set, and others folded away. The text is all that is kept. */
export function SettingsForm({ text, reader, columns, problems, onChange }: SettingsFormProps): ReactNode {
  const form = useMemo((): FormState | null => {
    const found = parsed(text);
    if (!('value' in found)) return null;
    const document = found.value;
    const messageOf = (isThere: (pointer: string) => boolean): string | null =>
      problems.find(({ pointer }) => pointer !== null && isThere(pointer))?.message ?? null;
    return {
      document,
      reader,
      columns,
      errorAt: (path) => messageOf((pointer) => pointer === toPointer(path)),
      errorIn: (path) => messageOf((pointer) => `${pointer}/`.startsWith(`${toPointer(path)}/`)),
      set: (path, value) => onChange(withValue(text, path, value, (at) => reader.defaultAt(at, document))),
    };
  }, [text, reader, columns, problems, onChange]);
  if (form === null)
    return <p className="hint">The JSON is broken: mend it there, and the fields come back.</p>;
  return (
    <FormContext value={form}>
      <div className="settings-form">
        <UsualFields />
        <RowsGroup />
        <OptimizerGroup />
        <EndGroup />
        <PrecisionGroup />
        <RecordsGroups />
      </div>
    </FormContext>
  );
}
