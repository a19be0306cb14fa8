// What the charts of a page share: how they are looked at, one crosshair, and what happened meanwhile.

import { createContext, use, useId, type ReactNode } from 'react';
import type { ChartMark } from './marks.js';
import { useChartView } from './useChartView.js';
import type { ChartView } from './view.js';

interface Group {
  readonly view: ChartView;
  readonly change: (part: Partial<ChartView>) => void;
  readonly crosshair: string;
  readonly marks: readonly ChartMark[];
}

const GroupContext = createContext<Group | null>(null);
const NO_MARKS: readonly ChartMark[] = [];

interface ChartGroupProps {
  readonly marks?: readonly ChartMark[];
  readonly children: ReactNode;
}

export function ChartGroup({ marks = NO_MARKS, children }: ChartGroupProps): ReactNode {
  const [view, change] = useChartView();
  const crosshair = useId();
  return <GroupContext value={{ view, change, crosshair, marks }}>{children}</GroupContext>;
}

export function useChartGroup(): Group {
  const group = use(GroupContext);
  if (group === null) throw new Error('a chart needs a ChartGroup around it');
  return group;
}
