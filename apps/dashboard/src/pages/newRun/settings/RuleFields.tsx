import type { ReactNode } from 'react';
import { SelectField } from '../../../ui/Field.js';
import { isRecord, valueAt } from '../../../ui/json/values.js';
import { defaultText } from './fieldShape.js';
import { useForm } from './formState.js';
import { SchemaField } from './SchemaField.js';

const WAYS = [
  { value: '', label: 'default: none' },
  { value: 'globalNorm', label: 'norm of all gradients' },
  { value: 'norm', label: 'norm of each gradient' },
  { value: 'value', label: 'each element' },
  { value: 'adaptive', label: 'by the norm of the weight' },
] as const;

/** Where a limit of gradients begins when a way is chosen: 1, but for elements, which are smaller. */
const FIRST_LIMIT = { globalNorm: 1, norm: 1, value: 0.5 } as const;

/** How gradients are clipped: in one way, with one limit. */
export function ClipFields(): ReactNode {
  const { document, errorAt, set } = useForm();
  const clip = valueAt(document, ['clip']);
  const way = WAYS.find(({ value }) => isRecord(clip) && value in clip)?.value ?? '';
  const choose = (next: (typeof WAYS)[number]['value']): void => {
    if (next === '') set(['clip'], undefined);
    else set(['clip'], { [next]: next === 'adaptive' ? {} : FIRST_LIMIT[next] });
  };
  return (
    <>
      <SelectField
        label="Clip gradients"
        value={way}
        options={WAYS}
        error={errorAt(['clip'])}
        onChange={choose}
      />
      {way === 'adaptive' && <SchemaField path={['clip', 'adaptive', 'clipping']} isExplained />}
      {way !== '' && way !== 'adaptive' && <SchemaField path={['clip', way]} label="Limit" isExplained />}
    </>
  );
}

interface RuleFieldsProps {
  readonly name: 'earlyStopping' | 'reduceOnPlateau';
  readonly label: string;
  readonly fields: readonly string[];
}

/** A rule that is off unless it is written; its fields come when it is on. */
export function RuleFields({ name, label, fields }: RuleFieldsProps): ReactNode {
  const { document, errorAt, set } = useForm();
  const isOn = isRecord(valueAt(document, [name]));
  return (
    <>
      <SelectField
        label={label}
        value={isOn ? 'on' : ''}
        options={[
          { value: '', label: 'default: off' },
          { value: 'on', label: 'on' },
        ]}
        error={errorAt([name])}
        onChange={(next) => set([name], next === 'on' ? {} : undefined)}
      />
      {isOn && fields.map((field) => <SchemaField key={field} path={[name, field]} isExplained />)}
    </>
  );
}

/** How much is told of gradients: a word, or how often. */
export function TelemetryFields(): ReactNode {
  const { document, reader, errorAt, set } = useForm();
  const path = ['telemetry', 'gradients'];
  const gradients = valueAt(document, path);
  const words = reader.valuesAt(path, {}).filter((value) => typeof value === 'string');
  const isCounted = isRecord(gradients);
  return (
    <>
      <SelectField
        label="Gradients"
        value={isCounted ? 'counted' : typeof gradients === 'string' ? gradients : ''}
        options={[
          { value: '', label: defaultText({ initial: reader.defaultAt(path, {}), isRequired: false }) },
          ...words.map((word) => ({ value: word, label: word })),
          { value: 'counted', label: 'by steps' },
        ]}
        error={errorAt(path)}
        onChange={(next) => set(path, next === '' ? undefined : next === 'counted' ? {} : next)}
      />
      {isCounted &&
        ['normsEverySteps', 'fullEverySteps'].map((field) => (
          <SchemaField key={field} path={[...path, field]} isExplained />
        ))}
    </>
  );
}
