import { useSyncExternalStore, type ReactNode } from 'react';
import { chartColors, onColorsChange } from './colors.js';
import { lineColor, lineDash } from './palette.js';

/** A short piece of a line, as it looks in the chart. */
export function Swatch({ look }: { readonly look: number }): ReactNode {
  const isDark = useSyncExternalStore(onColorsChange, () => chartColors().isDark);
  return (
    <svg className="swatch" width="18" height="8" aria-hidden="true">
      <line
        x1="0"
        y1="4"
        x2="18"
        y2="4"
        stroke={lineColor(look, isDark)}
        strokeWidth="2.5"
        strokeDasharray={lineDash(look).join(' ')}
      />
    </svg>
  );
}
