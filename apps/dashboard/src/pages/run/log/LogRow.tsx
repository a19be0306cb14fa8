import type { ReactNode } from 'react';
import type { LogLine } from '../events/EventFeed.js';
import { partsOf, type Hit } from './hits.js';

interface LogRowProps {
  readonly line: LogLine;
  readonly hits: readonly (Hit & { readonly number: number })[];
  readonly current: number | null;
}

/** Signs beside the words, so that colour is not all that tells levels apart. */
const SIGNS = { info: '', warn: '⚠ warning ', error: '✕ error ' } as const;

const timeOf = (time: string): string =>
  new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The cells of a line: time, step, attempt, and what was written, hits marked. */
export function LogRow({ line, hits, current }: LogRowProps): ReactNode {
  const { time, step, attempt, level, message } = line;
  return (
    <>
      <time className="log-place" dateTime={time} title={time}>
        {timeOf(time)}
      </time>
      <span className="log-place log-step" title={`Step ${step}`}>
        {step}
      </span>
      <span className="log-place log-attempt" title={`Attempt ${attempt}`}>
        #{attempt}
      </span>
      <span className="log-message">
        <span className="log-sign">{SIGNS[level]}</span>
        {partsOf(message, hits).map(({ text, hit }, at) =>
          hit === null ? (
            <span key={at}>{text}</span>
          ) : (
            <mark key={at} className={hit === current ? 'log-current' : ''}>
              {text}
            </mark>
          ),
        )}
      </span>
    </>
  );
}
