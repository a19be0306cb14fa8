import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { formatNumber } from '../../ui/format.js';
import { SPARKLINE_SERIES } from './runsApi.js';
import { sparkPath } from './sparkPath.js';
import { sparklineKey, sparklinesFor } from './sparklines.js';

const WIDTH = 96;
const HEIGHT = 22;

/** The course of a run's loss so far, as a small line. */
export function Sparkline({ id }: { readonly id: string }): ReactNode {
  const client = useClient();
  const { data } = useQuery({
    queryKey: sparklineKey(id),
    queryFn: () => sparklinesFor(client).load(id),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const path = data ? sparkPath(data, WIDTH, HEIGHT) : '';
  if (!data || path === '') return <span className="runs-none">–</span>;
  const [first, last] = [data.values[0], data.values.at(-1)];
  return (
    <svg
      className="runs-spark"
      viewBox={`-2 -2 ${WIDTH + 4} ${HEIGHT + 4}`}
      width={WIDTH + 4}
      height={HEIGHT + 4}
      role="img"
      aria-label={`${SPARKLINE_SERIES} from ${formatNumber(first)} to ${formatNumber(last)}`}
    >
      <path d={path} />
    </svg>
  );
}
