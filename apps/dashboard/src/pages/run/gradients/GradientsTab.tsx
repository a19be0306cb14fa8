import type { Run } from '@gradstream/sdk';
import { lazy, useCallback, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { ChartSettings } from '../../../charts/ChartSettings.js';
import { LineChart } from '../../../charts/LineChart.js';
import type { Line } from '../../../charts/lines.js';
import { useFeed } from '../../../live/useFeed.js';
import { GradientFeed } from '../../../live/GradientFeed.js';
import { SelectField } from '../../../ui/Field.js';
import { EmptyState } from '../../../ui/States.js';
import { ConnectionStatus } from '../ConnectionStatus.js';
import { histogramData, normData } from './heatData.js';
import { LayerTable } from './LayerTable.js';
import './gradients.css';

const HeatMap = lazy(async () => ({ default: (await import('../../../charts/HeatMap.js')).HeatMap }));

/** More lines are not told apart. */
const MOST_LINES = 32;

/** The gradients of the layers of a run: lines, heat maps, and a table with what is wrong. */
export function GradientsTab({ run }: { readonly run: Run }): ReactNode {
  const { feed, names: layers, status, retry } = useFeed(run, GradientFeed);
  const norms = useMemo(() => linesOf(feed, layers, 'norms'), [feed, layers]);
  const ratios = useMemo(() => linesOf(feed, layers, 'updateRatios'), [feed, layers]);
  const hasRatios = useSyncExternalStore(feed.points.subscribe, () =>
    ratios.some(({ points }) => points.length > 0),
  );
  const readNorms = useCallback(() => normData(feed, layers), [feed, layers]);
  return (
    <>
      <div className="run-charts-bar">
        <ChartSettings />
        <ConnectionStatus status={status} onRetry={retry} />
      </div>
      {layers.length === 0 ? (
        status.kind !== 'loading' &&
        status.kind !== 'failed' && (
          <EmptyState title="No gradients yet">
            {run.spec.telemetry.gradients === 'off'
              ? 'This run was told not to measure them ("telemetry": {"gradients": "off"}): fork it with another setting.'
              : 'They appear with the first steps.'}
          </EmptyState>
        )
      ) : (
        <div className="gradients">
          <div className="chart-grid">
            <LineChart id="norms" title="Gradient norm of each layer" lines={norms} changes={feed.points} />
            {hasRatios && (
              <LineChart
                id="ratios"
                title="Update over weights of each layer"
                lines={ratios}
                changes={feed.points}
              />
            )}
          </div>
          {layers.length > MOST_LINES && (
            <p className="hint">
              Lines show the first {MOST_LINES} of {layers.length} layers; the heat map and the table show
              all.
            </p>
          )}
          <section className="card chart heat-card" aria-label="Norms by layer and step">
            <h3>Gradient norm by layer and step</h3>
            <HeatMap
              title="Heat map of gradient norms: steps from left to right, layers from top to bottom; the table of layers has the numbers"
              read={readNorms}
              changes={feed.points}
            />
          </section>
          <LayerHistogram feed={feed} layers={layers} />
          <section className="card" aria-label="Layers">
            <LayerTable feed={feed} layers={layers} />
          </section>
        </div>
      )}
    </>
  );
}

const linesOf = (feed: GradientFeed, layers: readonly string[], of: 'norms' | 'updateRatios'): Line[] =>
  layers.slice(0, MOST_LINES).flatMap((name, look) => {
    const layer = feed.layer(name);
    return layer ? [{ id: name, label: name, points: layer[of], clock: feed.clock, look }] : [];
  });

interface LayerHistogramProps {
  readonly feed: GradientFeed;
  readonly layers: readonly string[];
}

/** How the gradients of one layer are spread, over time. */
function LayerHistogram({ feed, layers }: LayerHistogramProps): ReactNode {
  const [params, setParams] = useSearchParams();
  const wanted = params.get('layer');
  const layer = layers.find((name) => name === wanted) ?? layers[0] ?? '';
  const read = useCallback(() => histogramData(feed, layer), [feed, layer]);
  const hasAny = useSyncExternalStore(feed.points.subscribe, () => feed.histogramColumns().length > 0);
  const choose = (name: string): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        next.set('layer', name);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  return (
    <section className="card chart heat-card" aria-label="Histogram of a layer">
      <div className="heat-head">
        <h3>Sizes of gradients by step</h3>
        <SelectField
          label="Layer"
          value={layer}
          options={layers.map((name) => ({ value: name, label: name }))}
          onChange={choose}
        />
      </div>
      {hasAny ? (
        <HeatMap
          title={`Heat map of the sizes of the gradients of ${layer}: steps from left to right, sizes in powers of 2 from bottom to top`}
          read={read}
          changes={feed.points}
        />
      ) : (
        <p className="hint">
          This run measures no histograms. Ask for them with{' '}
          <code>"telemetry": {'{"gradients": {"fullEverySteps": 100}}'}</code>; a fork can.
        </p>
      )}
    </section>
  );
}
