import type { DatasetColumn } from '@gradstream/sdk';
import { createContext, use } from 'react';
import type { SchemaReader } from '../../../ui/json/SchemaReader.js';
import type { Path } from '../../../ui/json/values.js';

/** The settings as the fields of the form see them: one text, which the editor beside them shows, too. */
export interface FormState {
  /** The settings, read. */
  readonly document: unknown;
  readonly reader: SchemaReader;
  /** Of the dataset; null while there is none. */
  readonly columns: readonly DatasetColumn[] | null;
  /** What is wrong with the value at a path. */
  readonly errorAt: (path: Path) => string | null;
  /** The same, or with something in it. */
  readonly errorIn: (path: Path) => string | null;
  /** Writes a value at a path; undefined takes it away. */
  readonly set: (path: Path, value: unknown) => void;
}

export const FormContext = createContext<FormState | null>(null);

export function useForm(): FormState {
  const form = use(FormContext);
  if (form === null) throw new Error('useForm needs a FormContext around it');
  return form;
}
