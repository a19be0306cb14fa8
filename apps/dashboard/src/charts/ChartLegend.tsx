import { useEffect, type ReactNode } from 'react';
import type { Changes } from './changes.js';
import type { LegendHandle } from './legend.js';
import type { Line } from './lines.js';
import { drawing } from './scheduler.js';
import { Swatch } from './Swatch.js';

interface ChartLegendProps {
  readonly lines: readonly Line[];
  readonly hidden: readonly string[];
  readonly chartId: string;
  readonly handle: LegendHandle;
  /** Changes to follow with the last values; null where a canvas writes them, as it draws. */
  readonly follows: Changes | null;
  readonly onToggle: (lineId: string) => void;
}

/** The names of a chart's lines, with their values; pressing one hides or shows it. */
export function ChartLegend(props: ChartLegendProps): ReactNode {
  const { lines, hidden, chartId, handle, follows, onToggle } = props;
  const { attach } = handle;
  useEffect(() => {
    if (follows === null) return undefined;
    const write = (): void => handle.rest(lines);
    write();
    const forget = follows.subscribe(() => drawing.request(write));
    return () => {
      forget();
      drawing.cancel(write);
    };
  }, [follows, handle, lines]);
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
