// Lines of a log by their level, and as a text to keep.

import type { LogLine } from '../events/EventFeed.js';
import type { LineList } from '../events/lineList.js';

export const logLevels = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export const levelNames: Readonly<Record<LogLevel, string>> = {
  info: 'All levels',
  warn: 'Warnings and errors',
  error: 'Errors alone',
};

/** A level out of an address; all levels where it is none. */
export const levelOf = (text: string | null): LogLevel => logLevels.find((level) => level === text) ?? 'info';

/** The lines of a level and those that are graver. */
export function linesFrom(lines: LineList<LogLine>, level: LogLevel): LineList<LogLine> {
  if (level === 'info') return lines;
  const least = logLevels.indexOf(level);
  return [...lines].filter((line) => logLevels.indexOf(line.level) >= least);
}

/** One line each: time (RFC 3339), level, attempt, step, and what was written, tab-separated. */
export const asText = (lines: LineList<LogLine>): string =>
  Array.from(
    lines,
    ({ time, level, attempt, step, message }) =>
      `${time}\t${level}\tattempt ${attempt}\tstep ${step}\t${message}\n`,
  ).join('');
