import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';
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
      <Smoothing given={view.smoothing} onChange={(smoothing) => change({ smoothing })} />
      {view.zoom !== null && (
        <Button kind="quiet" onClick={unzoom}>
          Reset zoom <kbd>0</kbd>
        </Button>
      )}
    </div>
  );
}

interface SmoothingProps {
  /** What the address says. */
  readonly given: number;
  readonly onChange: (smoothing: number) => void;
}

/** A slider that the address follows, and that follows the address where another one than the reader has changed it. */
function Smoothing({ given, onChange }: SmoothingProps): ReactNode {
  const [value, setValue] = useState(given);
  const [known, setKnown] = useState(given);
  const [sent, setSent] = useState<readonly number[]>([]);
  if (given !== known) {
    const at = sent.indexOf(given);
    setKnown(given);
    setSent(at < 0 ? [] : sent.slice(at + 1));
    // What was sent arrives later, and the slider may have gone on meanwhile.
    if (at < 0) setValue(given);
  }
  const send = useEffectEvent(() => {
    setSent([...sent, value]);
    onChange(value);
  });
  useEffect(() => {
    if (value === given) return undefined;
    const timer = setTimeout(() => send(), ADDRESS_MS);
    return () => clearTimeout(timer);
  }, [value, given]);
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
