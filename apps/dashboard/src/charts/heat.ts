// Heat maps as ECharts draws them: values by column and row, coloured by their logarithm.

import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { formatNumber } from '../ui/format.js';
import type { ChartColors } from './colors.js';

export interface HeatData {
  /** What each column is of, from left to right: steps. */
  readonly columns: readonly number[];
  /** What each row is of, from bottom to top. */
  readonly rows: readonly string[];
  /** By column and row; null where nothing was measured. */
  readonly values: readonly (readonly (number | null)[])[];
  /** What a value is, for the tooltip. */
  readonly unit: string;
}

/** Viridis (van der Walt and Smith 2015): even steps of lightness, for any kind of colour vision. */
const COLORS = ['#440154', '#414487', '#2a788e', '#22a884', '#7ad151', '#fde725'];
const NOT_FINITE = '#ff2d55';

/** The logarithm of what is above 0; smaller values have the place of the smallest one. */
export function heatCells({ values }: Pick<HeatData, 'values'>): {
  readonly cells: readonly (readonly [number, number, number])[];
  readonly odd: readonly (readonly [number, number])[];
  readonly range: readonly [number, number];
} {
  const logs = values.flatMap((column) =>
    column
      .filter((value) => value !== null && value > 0 && Number.isFinite(value))
      .map((value) => Math.log10(value ?? 1)),
  );
  const low = logs.reduce((least, log) => Math.min(least, log), Infinity);
  const high = logs.reduce((most, log) => Math.max(most, log), -Infinity);
  const range: [number, number] = low <= high ? [low, high] : [0, 1];
  const cells: [number, number, number][] = [];
  const odd: [number, number][] = [];
  values.forEach((column, x) =>
    column.forEach((value, y) => {
      if (value === null) return;
      if (!Number.isFinite(value)) odd.push([x, y]);
      else cells.push([x, y, value > 0 ? Math.log10(value) : range[0]]);
    }),
  );
  return { cells, odd, range };
}

/** The option of a chart that shows the data. */
function heatOption(data: HeatData, colors: ChartColors): EChartsCoreOption {
  const { cells, odd, range } = heatCells(data);
  const axis = {
    axisLine: { lineStyle: { color: colors.grid } },
    axisTick: { show: false },
    axisLabel: { color: colors.text, fontSize: 11 },
    splitArea: { show: false },
  };
  return {
    animation: false,
    grid: {
      ...{ left: 8, right: 8, top: 8, bottom: 56 },
      ...{ outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    },
    xAxis: { type: 'category', data: data.columns.map(String), name: '', ...axis },
    yAxis: { type: 'category', data: [...data.rows], ...axis },
    // Texts instead of HTML: the page's policy allows no style attributes.
    tooltip: { renderMode: 'richText', formatter: (hit: unknown) => describe(hit, data) },
    visualMap: [
      {
        ...{ type: 'continuous', min: range[0], max: range[1], dimension: 2, seriesIndex: 0 },
        ...{
          orient: 'horizontal',
          left: 'center',
          bottom: 0,
          calculable: true,
          itemHeight: 160,
          itemWidth: 12,
        },
        inRange: { color: COLORS },
        textStyle: { color: colors.text, fontSize: 11 },
        formatter: (log: unknown) => formatNumber(10 ** Number(log), 2),
      },
      // ECharts refuses a heat map without one.
      {
        ...{ type: 'continuous', show: false, min: 0, max: 1, dimension: 2, seriesIndex: 1 },
        inRange: { color: [NOT_FINITE, NOT_FINITE] },
      },
    ],
    series: [
      {
        type: 'heatmap',
        data: cells,
        progressive: 20_000,
        emphasis: { itemStyle: { borderColor: colors.text } },
      },
      { type: 'heatmap', data: odd.map(([x, y]) => [x, y, 0]) },
    ],
  };
}

/** Shows data: other data anew, data that have grown in their place, so that what was chosen of their range stays. */
export function showHeat(
  chart: EChartsType,
  data: HeatData,
  colors: ChartColors,
  change: 'other' | 'grown',
): void {
  chart.setOption(heatOption(data, colors), { notMerge: change === 'other' });
}

/** What is said of a cell that is pointed at. */
function describe(hit: unknown, { columns, rows, values, unit }: HeatData): string {
  const cell = typeof hit === 'object' && hit !== null && 'value' in hit ? hit.value : null;
  const [x, y] = Array.isArray(cell) ? cell.map(Number) : [];
  if (x === undefined || y === undefined) return '';
  return `${rows[y] ?? ''}\nstep ${formatNumber(columns[x])}\n${unit} ${formatNumber(values[x]?.[y])}`;
}
