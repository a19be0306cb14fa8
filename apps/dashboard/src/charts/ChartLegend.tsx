import type { ReactNode } from 'react';
import type { LegendHandle } from './legend.js';
import type { Line } from './lines.js';
import { Swatch } from './Swatch.js';

interface ChartLegendProps {
  readonly lines: readonly Line[];
  readonly hidden: readonly string[];
  readonly chartId: string;
  readonly handle: LegendHandle;
  readonly onToggle: (lineId: string) => void;
}

/** The names of a chart's lines, with their values; pressing one hides or shows it. */
export function ChartLegend({ lines, hidden, chartId, handle, onToggle }: ChartLegendProps): ReactNode {
  const { attach } = handle;
  return (
    <div className="chart-legend" ref={attach}>
      {lines.map(({ id, label, look }) => (
        <button
          key={id}
          type="button"
          aria-pressed={!hidden.includes(`${chartId}/${id}`)}
          title={`Show or hide ${label}`}
          onClick={() => onToggle(id)}
        >
          <Swatch look={look} />
          <span className="chart-legend-label">{label}</span>
          <span className="number" data-value={id} />
        </button>
      ))}
      <span className="chart-legend-at number" data-value="" />
    </div>
  );
}
