import type { ReactNode } from 'react';
import { SelectField, TextField } from '../../../ui/Field.js';
import { NumberField } from '../../../ui/NumberField.js';
import { valueAt, type Path } from '../../../ui/json/values.js';
import { defaultText, fieldShape, labelOf, shownValue } from './fieldShape.js';
import { useForm } from './formState.js';

interface SchemaFieldProps {
  readonly path: Path;
  /** The setting's name in words, unless said otherwise. */
  readonly label?: string;
  /** Whether the schema's words on it are shown below. */
  readonly isExplained?: boolean;
}

/** A setting as the schema describes it, with its default; nothing for one that has no field. */
export function SchemaField({ path, label, isExplained = false }: SchemaFieldProps): ReactNode {
  const { document, reader, errorAt, set } = useForm();
  const shape = fieldShape(reader, path, document);
  if (shape === null) return null;
  const value = valueAt(document, path);
  const common = {
    label: label ?? labelOf(String(path.at(-1))),
    error: errorAt(path),
    hint: isExplained ? shape.hint : undefined,
  };
  const initial = defaultText(shape);
  if (typeof value === 'object' && value !== null)
    return <TextField {...common} value="" placeholder="in the JSON" disabled onChange={() => undefined} />;
  if (shape.kind === 'number')
    return (
      <NumberField
        {...common}
        placeholder={value === null ? 'none' : initial}
        words={shape.choices.filter((word) => typeof word === 'string')}
        value={typeof value === 'number' || typeof value === 'string' ? value : undefined}
        onChange={(next) => set(path, next)}
      />
    );
  if (shape.kind === 'text')
    return (
      <TextField
        {...common}
        placeholder={initial}
        value={typeof value === 'string' ? value : ''}
        onChange={(text) => set(path, text === '' ? undefined : text)}
      />
    );
  return (
    <ChoiceField
      {...common}
      initial={initial}
      choices={shape.choices}
      value={value}
      onChange={(next) => set(path, next)}
    />
  );
}

interface ChoiceFieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error: string | null;
  readonly initial: string;
  readonly choices: readonly (string | boolean)[];
  readonly value: unknown;
  readonly onChange: (value: string | boolean | undefined) => void;
}

/** One of a few values, the first being that nothing is written; what is written and none of them is shown as it is. */
export function ChoiceField({ initial, choices, value, onChange, ...field }: ChoiceFieldProps): ReactNode {
  const isOther = value !== undefined && !choices.some((choice) => choice === value);
  return (
    <SelectField
      {...field}
      value={value === undefined ? '' : JSON.stringify(value)}
      options={[
        { value: '', label: initial },
        ...(isOther ? [{ value: JSON.stringify(value), label: shownValue(value) }] : []),
        ...choices.map((choice) => ({ value: JSON.stringify(choice), label: shownValue(choice) })),
      ]}
      onChange={(text) => onChange(choices.find((choice) => JSON.stringify(choice) === text))}
    />
  );
}
