import type { ReactNode } from 'react';
import type { Path } from '../../../ui/json/values.js';
import { without } from '../../../ui/json/values.js';
import { defaultText, labelOf } from './fieldShape.js';
import { useForm } from './formState.js';
import { nameAt, optionsAt, renamed } from './named.js';
import { ChoiceField, SchemaField } from './SchemaField.js';

interface NamedFieldProps {
  readonly path: Path;
  readonly label?: string;
}

/** What is chosen by its name: optimizer, schedule, loss. */
export function NamedField({ path, label }: NamedFieldProps): ReactNode {
  const { document, reader, errorAt, set } = useForm();
  const rest = without(document, path);
  return (
    <ChoiceField
      label={label ?? labelOf(String(path.at(-1)))}
      error={errorAt(path) ?? errorAt([...path, 'name'])}
      initial={defaultText({ initial: reader.defaultAt(path, rest), isRequired: true })}
      choices={reader.valuesAt(path, rest).filter((value) => typeof value === 'string')}
      value={nameAt(document, path)}
      onChange={(name) =>
        set(path, typeof name === 'string' ? renamed(reader, path, document, name) : undefined)
      }
    />
  );
}

interface OptionFieldsProps {
  readonly path: Path;
  /** Those that have a field elsewhere. */
  readonly except?: readonly string[];
}

/** The options of what is chosen, as far as they are numbers, words or switches. */
export function OptionFields({ path, except = [] }: OptionFieldsProps): ReactNode {
  const { document, reader } = useForm();
  return optionsAt(reader, path, document)
    .filter((option) => !except.includes(option))
    .map((option) => <SchemaField key={option} path={[...path, option]} isExplained />);
}
