import { useId, useState, type ReactNode } from 'react';
import { FieldMore } from './Field.js';

interface NumberFieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with the value, by others. */
  readonly error?: string | null;
  readonly placeholder?: string | undefined;
  readonly disabled?: boolean;
  /** Words that may stand in place of a number. */
  readonly words?: readonly string[];
  readonly value: number | string | undefined;
  /** Told of numbers and words, and of undefined for an empty field; of nothing else that is typed. */
  readonly onChange: (value: number | string | undefined) => void;
}

/** A number as it is typed: what is no number yet stays in the field, and changes nothing. */
export function NumberField(props: NumberFieldProps): ReactNode {
  const { label, hint, error = null, placeholder, disabled = false, words = [], value, onChange } = props;
  const id = useId();
  const [typed, setTyped] = useState<{ readonly text: string; readonly value: unknown } | null>(null);
  const meant = (text: string): number | string | null => {
    const trimmed = text.trim();
    if (words.includes(trimmed)) return trimmed;
    return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : null;
  };
  const isShown = typed !== null && Object.is(typed.value, value);
  const text = isShown ? typed.text : String(value ?? '');
  const isNone = isShown && typed.text.trim() !== '' && meant(typed.text) === null;
  const options = [`a number`, ...words.map((word) => `“${word}”`)].join(' or ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        inputMode={words.length > 0 ? 'text' : 'decimal'}
        autoComplete="off"
        placeholder={placeholder}
        disabled={disabled}
        value={text}
        list={words.length > 0 ? `${id}-words` : undefined}
        aria-invalid={isNone || error !== null}
        aria-describedby={`${id}-more`}
        onChange={({ target }) => {
          const next = target.value.trim() === '' ? undefined : (meant(target.value) ?? value);
          setTyped({ text: target.value, value: next });
          if (!Object.is(next, value)) onChange(next);
        }}
        onBlur={() => {
          if (!isNone) setTyped(null);
        }}
      />
      {words.length > 0 && (
        <datalist id={`${id}-words`}>
          {words.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      )}
      <FieldMore id={`${id}-more`} hint={hint} error={isNone ? `This is not ${options}.` : error} />
    </div>
  );
}
