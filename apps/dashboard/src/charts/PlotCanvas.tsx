import { useEffect, useEffectEvent, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { useChartGroup } from './ChartGroup.js';
import { onColorsChange } from './colors.js';
import type { LegendHandle } from './legend.js';
import type { Changes } from './changes.js';
import type { Line } from './lines.js';
import { LinePlot } from './plot.js';
import { drawing } from './scheduler.js';

interface PlotCanvasProps {
  readonly title: string;
  readonly chartId: string;
  readonly lines: readonly Line[];
  /** All lines of the legend, the hidden ones too. */
  readonly named: readonly Line[];
  readonly changes: Changes;
  readonly legend: LegendHandle;
  readonly format: (value: number) => string;
  readonly onPlot: (plot: LinePlot | null) => void;
}

/** The canvas of a chart: drawn when its points or the way of looking change, and it is in sight. */
export function PlotCanvas(props: PlotCanvasProps): ReactNode {
  const { title, chartId, lines, named, changes, legend, format, onPlot } = props;
  const { view, change, crosshair, marks } = useChartGroup();
  const host = useRef<HTMLDivElement>(null);
  const plotRef = useRef<LinePlot | null>(null);
  const pointing = useRef(false);
  const isInSight = useRef(true);
  const requestRef = useRef<() => void>(null);
  const draw = useEffectEvent(() => {
    if (!isInSight.current) return;
    plotRef.current?.show({
      lines,
      marks,
      look: { ...view, isLog: view.log.includes(chartId) },
      isLocked: view.locked.includes(chartId),
    });
    if (!pointing.current) legend.rest(named);
  });
  const onZoom = useEffectEvent((zoom: [number, number] | null) => change({ zoom }));
  const onPoint = useEffectEvent((at: { x: number; values: readonly (number | null)[] } | null) => {
    pointing.current = at !== null;
    if (at === null) legend.rest(named);
    else {
      const values = new Map(lines.map(({ id }, index) => [id, at.values[index] ?? null]));
      legend.point(at.x, view.xAxis, named, values);
    }
  });

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const plot = new LinePlot(
      element,
      { crosshair, format },
      {
        onZoom: (zoom) => onZoom(zoom),
        onPoint: (at) => onPoint(at),
      },
    );
    plotRef.current = plot;
    onPlot(plot);
    const drawNow = (): void => draw();
    const request = (): void => drawing.request(drawNow);
    requestRef.current = request;
    const size = new ResizeObserver(() => plot.resize());
    size.observe(element);
    const sight = new IntersectionObserver(([entry]) => {
      isInSight.current = entry?.isIntersecting ?? true;
      if (isInSight.current) request();
    });
    sight.observe(element);
    const forgetColors = onColorsChange(() => plot.redraw());
    const forgetChanges = changes.subscribe(request);
    return () => {
      drawing.cancel(drawNow);
      forgetChanges();
      forgetColors();
      sight.disconnect();
      size.disconnect();
      plot.destroy();
      onPlot(null);
      plotRef.current = null;
    };
  }, [changes, crosshair, format, onPlot]);
  useEffect(() => requestRef.current?.(), [lines, named, view, marks]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const plot = plotRef.current;
    const step = event.shiftKey ? 40 : 8;
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => plot?.moveCrosshair(-step),
      ArrowRight: () => plot?.moveCrosshair(step),
      '+': () => plot?.zoomBy(0.5),
      '-': () => plot?.zoomBy(2),
      Escape: () => plot?.clearCrosshair(),
    };
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    action();
  };
  return (
    <div
      ref={host}
      className="chart-canvas"
      role="application"
      aria-label={`${title}: arrow keys move the crosshair, Escape takes it away, + and − zoom, 0 shows all. The button Table shows the numbers.`}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => plotRef.current?.clearCrosshair()}
    />
  );
}
