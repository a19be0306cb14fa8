import { fromWireNumber, type LayerGradient } from '@gradstream/sdk';
import { useSyncExternalStore, type ReactNode } from 'react';
import type { GradientFeed } from '../../../live/GradientFeed.js';
import { formatNumber } from '../../../ui/format.js';

interface LayerTableProps {
  readonly feed: GradientFeed;
  readonly layers: readonly string[];
}

/** Above this share of exact zeros, a layer has units that learn nothing. */
const DEAD = 0.5;

/** What is wrong with a layer's gradients, in words. */
export function faultsOf({ norm, nonFinite, zeroFraction }: LayerGradient): string[] {
  const [size, odd, zeros] = [norm, nonFinite, zeroFraction].map((value) => fromWireNumber(value ?? 0));
  return [
    ...((odd ?? 0) > 0 ? [`${formatNumber(odd)} not finite`] : []),
    ...(norm !== null && !Number.isFinite(size) ? ['norm not finite'] : []),
    ...((zeros ?? 0) >= DEAD ? [`${Math.round(100 * (zeros ?? 0))} % dead`] : []),
    ...(norm === 0 ? ['no gradient'] : []),
  ];
}

/** The layers with what was last measured of them, and badges of what is wrong. */
export function LayerTable({ feed, layers }: LayerTableProps): ReactNode {
  useSyncExternalStore(feed.points.subscribe, feed.version);
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Layers">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Layer</th>
            {['Norm', 'Mean', 'Std', 'Zeros', 'Update ratio'].map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
            <th scope="col">Faults</th>
          </tr>
        </thead>
        <tbody>
          {layers.map((name) => {
            const layer = feed.layer(name);
            if (!layer) return null;
            const { latest, full } = layer;
            const zeros = full?.zeroFraction;
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="number">{formatNumber(latest.norm)}</td>
                <td className="number">{formatNumber(full?.mean)}</td>
                <td className="number">{formatNumber(full?.std)}</td>
                <td className="number">
                  {zeros == null ? '–' : `${formatNumber(100 * fromWireNumber(zeros), 3)} %`}
                </td>
                <td className="number">{formatNumber(latest.updateRatio)}</td>
                <td>
                  {[...new Set([...faultsOf(latest), ...(full ? faultsOf(full) : [])])].map((fault) => (
                    <span key={fault} className="badge badge-failed">
                      <span aria-hidden="true">⚠</span> {fault}
                    </span>
                  ))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
