import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { formatBytes, formatNumber } from '../../ui/format.js';
import { toProblems } from '../../ui/messages.js';
import { ProblemList } from '../../ui/ProblemList.js';
import { schemaWords } from '../../ui/schemaWords.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { parsed } from './draft.js';
import { useVerdict } from './useVerdict.js';

const JsonEditor = lazy(async () => ({ default: (await import('../../ui/JsonEditor.js')).JsonEditor }));

interface ModelSectionProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** The network as JSON, and what it comes to: shapes, parameters, memory, and what is wrong. */
export function ModelSection({ text, onChange }: ModelSectionProps): ReactNode {
  const client = useClient();
  const { data: words } = useQuery({
    queryKey: ['schema', 'model'],
    queryFn: async () => schemaWords(await client.schemas.model()),
    staleTime: Infinity,
  });
  return (
    <section className="card new-run-section" aria-label="Model">
      <h2>Model</h2>
      <p className="hint">
        Layers in a list, layers by name, or what Keras’s <code>model.to_json()</code> gives. Type a quotation
        mark for suggestions.
      </p>
      <div className="new-run-pair">
        <Suspense fallback={<LoadingState what="the editor" />}>
          <JsonEditor label="Model definition" value={text} words={words} onChange={onChange} />
        </Suspense>
        <ModelSummary text={text} />
      </div>
    </section>
  );
}

function ModelSummary({ text }: { readonly text: string }): ReactNode {
  const client = useClient();
  const json = parsed(text);
  const { data, error } = useVerdict('model', 'value' in json ? text : null, (definition) =>
    // The server says what is wrong with a definition that is none.
    client.models.validate({ name: 'draft', definition: definition as never }),
  );
  if ('error' in json) return <p className="field-error">This is no JSON: {json.error}</p>;
  if (error) return <ErrorState error={error} />;
  if (!data) return <LoadingState what="the summary" />;
  const { summary, memory, problems, warnings } = data;
  return (
    <div
      className="new-run-summary"
      tabIndex={0}
      role="region"
      aria-label="Summary of the model"
      aria-live="polite"
    >
      <ProblemList problems={toProblems(problems)} />
      <ProblemList problems={toProblems(warnings)} />
      {summary && (
        <table className="table">
          <caption>
            {formatNumber(summary.parameters.total)} parameters
            {memory && `, about ${formatBytes(memory.total)} for a step of 32 samples`}
          </caption>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Type</th>
              <th scope="col">Output</th>
              <th scope="col" className="number">
                Parameters
              </th>
            </tr>
          </thead>
          <tbody>
            {summary.layers.map(({ name, type, outputShape, parameterCount }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{type}</td>
                <td className="mono">{outputShape.join(' × ')}</td>
                <td className="number">{formatNumber(parameterCount)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
