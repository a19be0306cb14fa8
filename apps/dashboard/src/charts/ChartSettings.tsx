import { useEffect, useState, type ReactNode } from 'react';
import { useShortcut } from '../keyboard/Shortcuts.js';
import { Button } from '../ui/Button.js';
import { axisNames } from './axes.js';
import { useChartGroup } from './ChartGroup.js';
import { xAxes } from './clock.js';

/** Browsers slow a page down that changes its address for every pixel of a slider. */
const ADDRESS_MS = 150;

/** The settings of all charts of a page: the axis, the smoothing, and the way back from a zoom. */
export function ChartSettings(): ReactNode {
  const { view, change } = useChartGroup();
  const unzoom = (): void => change({ zoom: null });
  useShortcut('0', 'Show all steps again', unzoom);
  return (
    <div className="chart-settings" role="group" aria-label="Settings of the charts">
      <div className="segmented" role="radiogroup" aria-label="Horizontal axis">
        {xAxes.map((axis) => (
          <label key={axis}>
            <input
              type="radio"
              name="x-axis"
              checked={view.xAxis === axis}
              onChange={() => change({ xAxis: axis, zoom: null })}
            />
            <span>{{ ...axisNames, relative: 'Relative', wall: 'Wall time' }[axis]}</span>
          </label>
        ))}
      </div>
      <Smoothing
        key={view.smoothing}
        initial={view.smoothing}
        onChange={(smoothing) => change({ smoothing })}
      />
      {view.zoom !== null && (
        <Button kind="quiet" onClick={unzoom}>
          Reset zoom <kbd>0</kbd>
        </Button>
      )}
    </div>
  );
}

interface SmoothingProps {
  readonly initial: number;
  readonly onChange: (smoothing: number) => void;
}

function Smoothing({ initial, onChange }: SmoothingProps): ReactNode {
  const [value, setValue] = useState(initial);
  useEffect(() => {
    if (value === initial) return undefined;
    const timer = setTimeout(() => onChange(value), ADDRESS_MS);
    return () => clearTimeout(timer);
  }, [value, initial, onChange]);
  return (
    <label className="chart-smoothing">
      Smoothing
      <input
        type="range"
        min={0}
        max={0.99}
        step={0.01}
        value={value}
        onChange={(event) => setValue(Number(event.target.value))}
      />
      <output className="number">{value.toFixed(2)}</output>
    </label>
  );
}
