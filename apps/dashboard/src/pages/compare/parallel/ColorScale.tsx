import { useSyncExternalStore, type ReactNode } from 'react';
import { chartColors, onColorsChange } from '../../../charts/colors.js';
import { scaleColors, type ParallelAxis } from '../../../charts/parallelAxes.js';
import { formatNumber } from '../../../ui/format.js';

/** What the colours of the lines mean. */
export function ColorScale({ axis }: { readonly axis: ParallelAxis }): ReactNode {
  const isDark = useSyncExternalStore(onColorsChange, () => chartColors().isDark);
  const known = axis.values.filter((value) => value !== null);
  if (known.length === 0) return <span className="hint">No run has measured it.</span>;
  return (
    <span className="parallel-scale number">
      {formatNumber(Math.min(...known))}
      <span
        aria-label="to"
        role="img"
        style={{ background: `linear-gradient(90deg, ${scaleColors(isDark).join(', ')})` }}
      />
      {formatNumber(Math.max(...known))}
    </span>
  );
}
