import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type ReactNode } from 'react';
import type { LogLine } from '../events/EventFeed.js';
import type { LineList } from '../events/lineList.js';
import type { Hit } from './hits.js';
import { hitsByLine } from './hits.js';
import { LogRow } from './LogRow.js';

interface LogLinesProps {
  readonly lines: LineList<LogLine>;
  readonly hits: readonly Hit[];
  /** The number of the hit that one has gone to; null for none. */
  readonly current: number | null;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
}

const ROW_PX = 22;
/** Within so many pixels of the end one is at the end. */
const END_PX = 8;

/** The lines, of which only those in sight are in the page. Scrolling up ends following, scrolling to the end takes it up. */
export function LogLines({ lines, hits, current, isFollowing, onFollow }: LogLinesProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    getItemKey: (at) => lines.at(at)?.seq ?? at,
    overscan: 20,
  });
  useEffect(() => {
    if (isFollowing && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [isFollowing, lines.length, virtual]);
  const target = current === null ? undefined : hits[current]?.line;
  useEffect(() => {
    if (target !== undefined) virtual.scrollToIndex(target, { align: 'center' });
  }, [target, current, virtual]);
  const onScroll = (): void => {
    if (!box.current) return;
    const { scrollTop, clientHeight, scrollHeight } = box.current;
    const isAtEnd = scrollTop + clientHeight >= scrollHeight - END_PX;
    if (isAtEnd) onFollow(true);
    else if (scrollTop < lastTop.current) onFollow(false);
    lastTop.current = scrollTop;
  };
  const byLine = hitsByLine(hits);
  return (
    <div
      ref={box}
      className="log-box"
      tabIndex={0}
      role="log"
      aria-label="Lines of the log"
      onScroll={onScroll}
    >
      <div className="log-lines" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const line = lines.at(index);
          return (
            line && (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={`log-row log-${line.level}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                <LogRow line={line} hits={byLine.get(index) ?? []} current={current} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}
