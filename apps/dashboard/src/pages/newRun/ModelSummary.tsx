import type { MemoryEstimate, ModelSummary as Summary, ModelVerdict } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { formatBytes, formatNumber } from '../../ui/format.js';
import type { Finding } from '../../ui/json/marks.js';
import { parsed } from '../../ui/json/values.js';
import { LayerTable } from '../../ui/LayerTable.js';
import { ProblemList } from '../../ui/ProblemList.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import type { Asked } from './useVerdict.js';

interface ModelSummaryProps {
  readonly text: string;
  readonly asked: Asked<ModelVerdict>;
  readonly findings: readonly Finding[];
}

/** What a definition comes to, or what is wrong with it. */
export function ModelSummary({ text, asked: { verdict, error }, findings }: ModelSummaryProps): ReactNode {
  const json = parsed(text);
  if ('error' in json) return <p className="field-error">This is no JSON: {json.error}</p>;
  if (error) return <ErrorState error={error} />;
  if (!verdict) return <LoadingState what="the summary" />;
  return (
    <div
      className="new-run-summary"
      tabIndex={0}
      role="region"
      aria-label="Summary of the model"
      aria-live="polite"
    >
      <ProblemList problems={findings} />
      {verdict.summary && (
        <LayerTable layers={verdict.summary.layers} caption={totalsOf(verdict.summary, verdict.memory)} />
      )}
    </div>
  );
}

/** What a model comes to. */
const totalsOf = ({ parameters }: Summary, memory: MemoryEstimate | null): string =>
  `${formatNumber(parameters.total)} parameters${memory ? `, about ${formatBytes(memory.total)} for a step of 32 samples` : ''}`;
