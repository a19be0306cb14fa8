import type { ButtonHTMLAttributes, ReactNode } from 'react';
import './button.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: 'primary' | 'secondary' | 'quiet' | 'danger';
  /** Whether what it began is still going on: it can be seen, and cannot be pressed again. */
  readonly isBusy?: boolean;
}

export function Button({
  kind = 'secondary',
  isBusy = false,
  type = 'button',
  disabled,
  children,
  className = '',
  ...rest
}: ButtonProps): ReactNode {
  return (
    <button
      {...rest}
      type={type}
      className={`button button-${kind} ${className}`}
      disabled={disabled === true || isBusy}
      aria-busy={isBusy}
    >
      {isBusy && <span className="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}
