import { useId, type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes } from 'react';
import './field.css';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** What is wrong with it; said to screen readers when it appears. */
  readonly error?: string | null;
}

interface TextFieldProps extends FieldProps, Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A line of text, with its label, a hint, and what is wrong with it. */
export function TextField({ label, hint, error = null, onChange, ...input }: TextFieldProps): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={error !== null}
        aria-describedby={`${id}-more`}
      />
      <FieldMore id={`${id}-more`} hint={hint} error={error} />
    </div>
  );
}

interface TextAreaFieldProps
  extends FieldProps, Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'onChange'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Several lines of code or data, in letters of one width. */
export function TextAreaField({
  label,
  hint,
  error = null,
  className = '',
  onChange,
  ...area
}: TextAreaFieldProps): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        {...area}
        id={id}
        className={`mono ${className}`}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={error !== null}
        aria-describedby={`${id}-more`}
      />
      <FieldMore id={`${id}-more`} hint={hint} error={error} />
    </div>
  );
}

interface SelectFieldProps<Value extends string> extends FieldProps {
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
}

/** One of a few values. */
export function SelectField<Value extends string>({
  label,
  hint,
  error = null,
  value,
  options,
  onChange,
  disabled = false,
}: SelectFieldProps<Value>): ReactNode {
  const id = useId();
  const choose = (text: string): void => {
    const chosen = options.find((option) => option.value === text);
    if (chosen) onChange(chosen.value);
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        onChange={(event) => choose(event.target.value)}
        aria-invalid={error !== null}
        aria-describedby={`${id}-more`}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <FieldMore id={`${id}-more`} hint={hint} error={error} />
    </div>
  );
}

/** What is said below a field: a hint, and what is wrong. */
export function FieldMore({
  id,
  hint,
  error,
}: {
  readonly id: string;
  readonly hint: ReactNode;
  readonly error: string | null;
}): ReactNode {
  return (
    <div id={id} className="field-more">
      {hint !== undefined && <span className="hint">{hint}</span>}
      {error !== null && (
        <span className="field-error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
