import { ParallelChart } from 'echarts/charts';
import { ParallelComponent, TooltipComponent } from 'echarts/components';
import { init, use as register, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react';
import { z } from 'zod';
import { chartColors, onColorsChange } from './colors.js';
import { clamped, type AxisRange, type ParallelAxis } from './parallelAxes.js';
import { AXIS_PIXELS, parallelOption, type ParallelLine } from './parallelOption.js';
import './parallel.css';

register([ParallelChart, ParallelComponent, TooltipComponent, CanvasRenderer]);

interface ParallelPlotProps {
  readonly title: string;
  readonly axes: readonly ParallelAxis[];
  /** The lines on a background of this kind. */
  readonly lines: (isDark: boolean) => readonly ParallelLine[];
  readonly ranges: readonly AxisRange[];
  /** Somebody has dragged along an axis; null: a range was taken away. */
  readonly onRange: (id: string, range: readonly [number, number] | null) => void;
}

/** What ECharts tells of a drag along an axis. */
const selectedSchema = z.object({
  parallelAxisId: z.string(),
  intervals: z.array(z.tuple([z.number(), z.number()])),
});

/** Runs as lines over parallel axes; dragging along an axis chooses those that pass there. */
export function ParallelPlot(props: ParallelPlotProps): ReactNode {
  const { title, axes, lines, ranges, onRange } = props;
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const shown = useRef('');
  const select = (): void => {
    for (const axis of axes) {
      const { id } = axis;
      const range = ranges.find((each) => each.id === id);
      const interval = range && clamped(axis, range);
      const intervals = interval ? [interval] : [];
      chart.current?.dispatchAction(
        { type: 'axisAreaSelect', parallelAxisId: id, intervals },
        { silent: true },
      );
    }
  };
  const draw = useEffectEvent(() => {
    const colors = chartColors();
    const option = parallelOption(axes, lines(colors.isDark), colors);
    chart.current?.setOption(option, { notMerge: true });
    select();
    // The areas of an axis are drawn with its next drawing, not with what selects them.
    chart.current?.resize();
    shown.current = JSON.stringify(ranges);
  });
  const redrawRanges = useEffectEvent(() => {
    if (shown.current === JSON.stringify(ranges)) return;
    select();
    chart.current?.resize();
    shown.current = JSON.stringify(ranges);
  });
  const onSelected = useEffectEvent((told: unknown) => {
    const found = selectedSchema.safeParse(told);
    if (!found.success) return;
    const { parallelAxisId: id, intervals } = found.data;
    const interval = intervals.at(-1); // One range an axis, although ECharts knows several.
    const others = ranges.filter((range) => range.id !== id);
    const next = interval ? [...others, { id, low: interval[0], high: interval[1] }] : others;
    shown.current = intervals.length > 1 ? '' : JSON.stringify(next);
    onRange(id, interval ?? null);
  });
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const made = init(element, null, { renderer: 'canvas' });
    chart.current = made;
    const drawNow = (): void => draw();
    made.on('axisareaselected', (told) => onSelected(told));
    const size = new ResizeObserver(() => made.resize());
    size.observe(element);
    const forget = onColorsChange(drawNow);
    return () => {
      forget();
      size.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => draw(), [axes, lines]);
  useEffect(() => redrawRanges(), [ranges]);
  return (
    <div className="parallel-box" tabIndex={0} role="region" aria-label={`${title}, as a picture`}>
      <div
        ref={host}
        className="parallel-plot"
        role="img"
        aria-label={`${title}. The fields below choose ranges; the table has the numbers.`}
        style={{ minWidth: axes.length * AXIS_PIXELS }}
      />
    </div>
  );
}
