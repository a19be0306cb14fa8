import type { ReactNode } from 'react';
import { Button } from './Button.js';
import { useCopy } from './useCopy.js';

interface CopyButtonProps {
  readonly text: string;
  /** What it is, in words: "the spec". */
  readonly what: string;
  readonly children?: ReactNode;
}

/** Puts a text on the clipboard. */
export function CopyButton({ text, what, children = 'Copy' }: CopyButtonProps): ReactNode {
  const copy = useCopy();
  return (
    <Button aria-label={`Copy ${what}`} onClick={() => void copy(text, what)}>
      {children}
    </Button>
  );
}
