import { HeatmapChart } from 'echarts/charts';
import { GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { init, use as register, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react';
import { chartColors, onColorsChange } from './colors.js';
import { showHeat, type HeatData } from './heat.js';
import type { Changes } from './changes.js';
import { drawing } from './scheduler.js';

register([HeatmapChart, GridComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);

interface HeatMapProps {
  readonly title: string;
  /** Makes what is shown now. */
  readonly read: () => HeatData;
  readonly changes: Changes;
}

/** Pictures are large: they are drawn anew this often at most. */
const EVERY_MS = 500;

/** Values by step and row as colours. The table beside it has the numbers. */
export function HeatMap({ title, read, changes }: HeatMapProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const draw = useEffectEvent((change: 'other' | 'grown') => {
    if (chart.current !== null) showHeat(chart.current, read(), chartColors(), change);
  });
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const made = init(element, null, { renderer: 'canvas' });
    chart.current = made;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const drawNow = (): void => draw('grown');
    const request = (): void => {
      timer ??= setTimeout(() => {
        timer = null;
        drawing.request(drawNow);
      }, EVERY_MS);
    };
    const size = new ResizeObserver(() => made.resize());
    size.observe(element);
    const forgets = [changes.subscribe(request), onColorsChange(drawNow)];
    return () => {
      if (timer !== null) clearTimeout(timer);
      drawing.cancel(drawNow);
      for (const forget of forgets) forget();
      size.disconnect();
      // A drawing that goes over several frames would go on, and find nothing: an empty one takes its place.
      made.clear();
      made.getZr().flush();
      made.dispose();
      chart.current = null;
    };
  }, [changes]);
  useEffect(() => draw('other'), [changes, read]);
  return <div ref={host} className="heat-map" role="img" aria-label={title} />;
}
