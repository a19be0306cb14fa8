// How a page's charts are looked at, as its address says it, so that a link shows the same.

import { xAxes, type XAxis } from './clock.js';

export interface ChartView {
  readonly xAxis: XAxis;
  readonly smoothing: number;
  readonly zoom: readonly [number, number] | null;
  /** Charts with a logarithmic vertical axis, by id. */
  readonly log: readonly string[];
  /** Charts whose vertical range stays. */
  readonly locked: readonly string[];
  /** Charts whose numbers are shown as a table. */
  readonly tables: readonly string[];
  /** Lines that are not shown, as chart and line. */
  readonly hidden: readonly string[];
}

const MOST_SMOOTHING = 0.99;

const listOf = (text: string | null): string[] => (text === null || text === '' ? [] : text.split('~'));

function zoomOf(text: string | null): [number, number] | null {
  const [low, high] = (text ?? '').split('~').map(Number);
  if (low === undefined || high === undefined || !(low < high) || !Number.isFinite(high - low)) return null;
  return [low, high];
}

/** To about a millionth of what is seen: moments count from 1970, so that digits in all would say little. */
function zoomText(zoom: readonly [number, number]): string {
  const decimals = 6 - Math.floor(Math.log10(zoom[1] - zoom[0]));
  return zoom.map((x) => String(Number(x.toFixed(Math.min(100, Math.max(0, decimals)))))).join('~');
}

/** Reads a view; what cannot be read is as if it were not there. */
export function readView(params: URLSearchParams): ChartView {
  const smoothing = Number(params.get('smooth') ?? 0);
  return {
    xAxis: xAxes.find((axis) => axis === params.get('x')) ?? 'step',
    smoothing: smoothing >= 0 && smoothing <= MOST_SMOOTHING ? smoothing : 0,
    zoom: zoomOf(params.get('zoom')),
    log: listOf(params.get('log')),
    locked: listOf(params.get('lock')),
    tables: listOf(params.get('table')),
    hidden: listOf(params.get('hide')),
  };
}

/** Writes a change of a view; defaults are left out of the address. */
export function writeView(params: URLSearchParams, change: Partial<ChartView>): URLSearchParams {
  const view = { ...readView(params), ...change };
  const texts = {
    x: view.xAxis === 'step' ? '' : view.xAxis,
    smooth: view.smoothing === 0 ? '' : String(view.smoothing),
    zoom: view.zoom === null ? '' : zoomText(view.zoom),
    log: view.log.join('~'),
    lock: view.locked.join('~'),
    table: view.tables.join('~'),
    hide: view.hidden.join('~'),
  };
  const next = new URLSearchParams(params);
  for (const [name, text] of Object.entries(texts)) {
    if (text === '') next.delete(name);
    else next.set(name, text);
  }
  return next;
}

/** A list with an entry added, or taken away where it was there. */
export const toggled = (list: readonly string[], entry: string): string[] =>
  list.includes(entry) ? list.filter((other) => other !== entry) : [...list, entry];
