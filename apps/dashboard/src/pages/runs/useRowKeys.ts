import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useShortcut } from '../../keyboard/Shortcuts.js';
import type { RunRow } from './runsApi.js';

/** Moves a mark over the rows by keys: j and k or the arrows, x selects, X to here, Enter opens. Returns whose row is marked. */
export function useRowKeys(
  rows: readonly RunRow[],
  onMove: (index: number) => void,
  onSelect: (id: string, isRange: boolean) => void,
): string | null {
  const navigate = useNavigate();
  const [current, setCurrent] = useState<string | null>(null);
  const at = rows.findIndex(({ id }) => id === current);
  const move = (by: number): void => {
    const index = Math.max(0, Math.min(rows.length - 1, at === -1 ? 0 : at + by));
    const row = rows[index];
    if (!row) return;
    setCurrent(row.id);
    onMove(index);
  };
  const select = (isRange: boolean): void => {
    if (at !== -1 && current !== null) onSelect(current, isRange);
  };
  useShortcut('j', 'Next run', () => move(1));
  useShortcut('k', 'Run before', () => move(-1));
  useShortcut('ArrowDown', 'Next run', () => move(1));
  useShortcut('ArrowUp', 'Run before', () => move(-1));
  useShortcut('x', 'Select the run, or not', () => select(false));
  useShortcut('X', 'Select all runs from the one selected before', () => select(true));
  useShortcut('Enter', 'Open the run', () => {
    if (at !== -1) void navigate(`/runs/${current ?? ''}`);
  });
  return at === -1 ? null : current;
}
