import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { formatNumber } from '../ui/format.js';
import { Menu, MenuItem } from '../ui/Menu.js';
import { useTell } from '../ui/Toasts.js';
import { messageOf } from '../ui/messages.js';
import type { Changes } from './changes.js';
import { useChartGroup } from './ChartGroup.js';
import { ChartLegend } from './ChartLegend.js';
import { exportCsv, exportPng } from './exports.js';
import { legendOf, type LegendHandle } from './legend.js';
import type { Line } from './lines.js';
import { PlotCanvas } from './PlotCanvas.js';
import type { LinePlot } from './plot.js';
import { toggled } from './view.js';
import './chart.css';

const ChartTable = lazy(async () => ({ default: (await import('./ChartTable.js')).ChartTable }));

interface LineChartProps {
  /** Different from all others of the page; the address names it. */
  readonly id: string;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly changes: Changes;
  /** How its values are written; numbers of four digits unless said otherwise. */
  readonly format?: (value: number) => string;
}

/** A chart of lines that grow, with its legend, its settings, a table behind it, and files to take away. */
export function LineChart({ id, title, lines, changes, format = formatNumber }: LineChartProps): ReactNode {
  const { view, change } = useChartGroup();
  const tell = useTell();
  const [plot, setPlot] = useState<LinePlot | null>(null);
  const [legend] = useState<LegendHandle>(() => legendOf(format));
  const shown = useMemo(
    () => lines.filter((line) => !view.hidden.includes(`${id}/${line.id}`)),
    [lines, view.hidden, id],
  );
  const has = (list: readonly string[]): boolean => list.includes(id);
  const isTable = has(view.tables);
  const save = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      tell('failed', messageOf(error));
    }
  };
  const toggles = [
    ['Log', 'Logarithmic vertical axis', view.log, (log: string[]) => change({ log })],
    ['Lock', 'Keep the vertical range', view.locked, (locked: string[]) => change({ locked })],
    ['Table', 'Numbers instead of lines', view.tables, (tables: string[]) => change({ tables })],
  ] as const;
  return (
    <section className="chart card" aria-label={title} data-chart={id}>
      <header className="chart-header">
        <h3>{title}</h3>
        <div className="chart-tools">
          {toggles.map(([label, hint, list, set]) => (
            <button
              key={label}
              title={hint}
              type="button"
              className="chart-tool"
              aria-pressed={has(list)}
              onClick={() => set(toggled(list, id))}
            >
              {label}
            </button>
          ))}
          <Menu label="Save" hint={`Save the chart “${title}”`}>
            <MenuItem disabled={plot === null} onSelect={() => save(() => exportPng(plot, title))}>
              Picture (PNG)
            </MenuItem>
            <MenuItem onSelect={() => save(() => exportCsv(shown, view.xAxis, title))}>
              Numbers (CSV)
            </MenuItem>
          </Menu>
        </div>
      </header>
      <ChartLegend
        lines={lines}
        hidden={view.hidden}
        chartId={id}
        handle={legend}
        follows={isTable ? changes : null}
        onToggle={(line) => change({ hidden: toggled(view.hidden, `${id}/${line}`) })}
      />
      {isTable ? (
        <Suspense fallback={null}>
          <ChartTable title={title} lines={shown} changes={changes} xAxis={view.xAxis} zoom={view.zoom} />
        </Suspense>
      ) : (
        <PlotCanvas
          title={title}
          chartId={id}
          lines={shown}
          named={lines}
          changes={changes}
          legend={legend}
          format={format}
          onPlot={setPlot}
        />
      )}
    </section>
  );
}
