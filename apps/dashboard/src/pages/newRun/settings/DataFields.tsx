import { useId, type ReactNode } from 'react';
import { ChoicesField } from '../../../ui/ChoicesField.js';
import { SelectField, TextField } from '../../../ui/Field.js';
import { isRecord, valueAt, without } from '../../../ui/json/values.js';
import { expandColumns, toExpressions } from './columns.js';
import { useForm } from './formState.js';
import { nameAt } from './named.js';
import { SchemaField } from './SchemaField.js';

/** Names that are offered while one types; more are too many to look through. */
const OFFERED = 500;

/** The column that is learned, and what kind of thing it is. */
export function TargetFields(): ReactNode {
  const { document, columns, errorAt, set } = useForm();
  const listId = useId();
  const target = valueAt(document, ['target']);
  if (isRecord(target) && ('outputs' in target || 'columns' in target))
    return <p className="hint">Targets of several outputs or columns are in the JSON.</p>;
  const column = valueAt(target, ['column']);
  return (
    <>
      <TextField
        label="Target column"
        placeholder="has to be said"
        list={listId}
        value={typeof column === 'string' ? column : ''}
        error={errorAt(['target']) ?? errorAt(['target', 'column'])}
        onChange={(name) => set(['target', 'column'], name === '' ? undefined : name)}
      />
      <datalist id={listId}>
        {(columns ?? []).slice(-OFFERED).map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <SchemaField path={['target', 'task']} />
    </>
  );
}

const MODES = [
  { value: '', label: 'has to be said' },
  { value: 'all', label: 'all numeric columns' },
  { value: 'columns', label: 'these columns' },
] as const;

/** The columns of the only input. */
export function InputFields(): ReactNode {
  const { document, columns, errorIn, set } = useForm();
  const inputs = valueAt(document, ['inputs']);
  if (Array.isArray(inputs) && inputs.length > 1)
    return <p className="hint">Several inputs are in the JSON.</p>;
  const written = valueAt(inputs, [0, 'columns']);
  const expressions = Array.isArray(written) ? written.filter((name) => typeof name === 'string') : [];
  const mode = valueAt(inputs, [0, 'all']) === true ? 'all' : written === undefined ? '' : 'columns';
  const target = valueAt(document, ['target', 'column']);
  const known = (columns ?? []).map(({ name }) => name);
  const chosen = new Set(expandColumns(expressions, known));
  const error = errorIn(['inputs']);
  const setMode = (next: (typeof MODES)[number]['value']): void => {
    const rest = valueAt(inputs, [0]);
    const others = without(without(isRecord(rest) ? rest : {}, ['all']), ['columns']) as object;
    const allButTarget = new Set(known.filter((name) => name !== target));
    if (next === '') set(['inputs'], Object.keys(others).length > 0 ? [others] : undefined);
    else if (next === 'all') set(['inputs', 0], { all: true, ...others });
    else set(['inputs', 0], { columns: toExpressions(allButTarget, known), ...others });
  };
  return (
    <>
      <SelectField
        label="Inputs"
        value={mode}
        options={MODES}
        error={mode === 'columns' && known.length > 0 ? null : error}
        onChange={setMode}
      />
      {mode === 'columns' && known.length > 0 && (
        <ChoicesField
          label="Input columns"
          summary={expressions.length === 0 ? 'none' : expressions.join(', ')}
          hint={`${chosen.size} of ${known.length} columns`}
          error={error}
          options={known}
          chosen={chosen}
          onToggle={(name, isChosen) => {
            const next = new Set(chosen);
            if (isChosen) next.add(name);
            else next.delete(name);
            set(['inputs', 0, 'columns'], toExpressions(next, known));
          }}
        />
      )}
    </>
  );
}

/** What is measured besides the loss. */
export function MetricsField(): ReactNode {
  const { document, reader, errorIn, set } = useForm();
  const metrics = valueAt(document, ['metrics']) ?? [];
  if (!Array.isArray(metrics)) return <p className="hint">Metrics by output are in the JSON.</p>;
  const written: readonly unknown[] = metrics;
  const names = written.map((_, at) => nameAt(written, [at]));
  const options = reader.valuesAt(['metrics', 0], { metrics: [] }).filter((name) => typeof name === 'string');
  return (
    <ChoicesField
      label="Metrics"
      summary={written.length === 0 ? 'default: none' : names.join(', ')}
      error={errorIn(['metrics'])}
      options={options}
      chosen={new Set(names.filter((name) => name !== undefined))}
      onToggle={(name, isChosen) =>
        set(['metrics'], isChosen ? [...written, name] : written.filter((_, at) => names[at] !== name))
      }
    />
  );
}
