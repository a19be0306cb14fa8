import { afterAll, expect, test } from '@jest/globals';
import { HeatmapChart } from 'echarts/charts';
import { GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ChartColors } from './colors.js';
import { showHeat, type HeatData } from './heat.js';

register([HeatmapChart, GridComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);
// A chart without a page, as a server draws it.
const chart = init(null, null, { renderer: 'svg', ssr: true, width: 400, height: 300 });
afterAll(() => chart.dispose());

const colors: ChartColors = {
  ...{ isDark: false, text: '#000', grid: '#ccc', surface: '#fff' },
  marks: { good: '#0f0', warning: '#ff0', danger: '#f00', muted: '#888' },
};
const data = (count: number): HeatData => ({
  columns: Array.from({ length: count }, (_, at) => at),
  rows: ['a'],
  values: Array.from({ length: count }, (_, at) => [10 ** (at % 4)]),
  unit: 'norm',
});
const shown = () =>
  JSON.parse(JSON.stringify(chart.getOption())) as {
    visualMap: [{ range: [number, number] }];
    series: [{ data: unknown[] }];
  };

test('a range that was chosen stays while the data grow, and goes with other data', () => {
  showHeat(chart, data(4), colors, 'other');
  expect(shown().visualMap[0].range).toEqual([0, 3]);
  chart.dispatchAction({ type: 'selectDataRange', visualMapIndex: 0, selected: [1, 2] });
  showHeat(chart, data(9), colors, 'grown');
  expect(shown().visualMap[0].range).toEqual([1, 2]);
  expect(shown().series[0].data).toHaveLength(9);
  showHeat(chart, data(2), colors, 'grown');
  expect(shown().series[0].data).toHaveLength(2);
  showHeat(chart, data(4), colors, 'other');
  expect(shown().visualMap[0].range).toEqual([0, 3]);
});

test('a range that nobody chose follows the data', () => {
  showHeat(chart, data(2), colors, 'other');
  showHeat(chart, data(4), colors, 'grown');
  expect(shown().visualMap[0].range).toEqual([0, 3]);
});
