// Parallel coordinates as ECharts draws them: one axis beside the other, a line a run.

import type { EChartsCoreOption } from 'echarts/core';
import { formatNumber } from '../ui/format.js';
import type { ChartColors } from './colors.js';
import type { ParallelAxis } from './parallelAxes.js';

/** A run's line. */
export interface ParallelLine {
  readonly name: string;
  readonly color: string;
}

/** Pixels between axes, where their names can be read. */
export const AXIS_PIXELS = 130;
const LABEL_PIXELS = 90;

/** The option of a chart that shows the runs on the axes. */
export function parallelOption(
  axes: readonly ParallelAxis[],
  lines: readonly ParallelLine[],
  colors: ChartColors,
): EChartsCoreOption {
  return {
    animation: false,
    // Texts instead of HTML: the page's policy allows no style attributes.
    tooltip: { renderMode: 'richText' },
    parallel: { left: 48, right: 96, top: 44, bottom: 20 },
    parallelAxis: axes.map(({ id, title, kind, categories }, dim) => ({
      ...{ dim, id, name: title, nameGap: 14, scale: true, realtime: false },
      ...(kind === 'category'
        ? { type: 'category', data: [...categories] }
        : { type: kind === 'log' ? 'log' : 'value' }),
      nameTruncate: { maxWidth: AXIS_PIXELS - 14, ellipsis: '…' },
      nameTextStyle: { color: colors.text, fontSize: 12 },
      axisLine: { lineStyle: { color: colors.text } },
      axisTick: { show: true, lineStyle: { color: colors.text } },
      axisLabel: {
        ...{ color: colors.text, fontSize: 11, width: LABEL_PIXELS, overflow: 'truncate' },
        // Lines pass behind.
        ...{ backgroundColor: colors.surface, padding: [1, 3] },
        ...(kind === 'category' ? {} : { formatter: (value: number) => formatNumber(value, 3) }),
      },
      areaSelectStyle: { width: 18, borderColor: colors.text, color: colors.text, opacity: 0.25 },
    })),
    series: [
      {
        type: 'parallel',
        smooth: false,
        inactiveOpacity: 0.08,
        activeOpacity: 1,
        progressive: 0,
        emphasis: { lineStyle: { width: 4 } },
        tooltip: { formatter: (hit: unknown) => nameOf(hit) },
        data: lines.map(({ name, color }, run) => ({
          name,
          value: axes.map(({ values }) => values[run] ?? '-'),
          lineStyle: { color, width: 2, opacity: 1 },
        })),
      },
    ],
  };
}

const nameOf = (hit: unknown): string =>
  typeof hit === 'object' && hit !== null && 'name' in hit && typeof hit.name === 'string' ? hit.name : '';
