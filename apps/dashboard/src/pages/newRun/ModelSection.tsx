import type { ModelVerdict } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, type ReactNode, type Ref } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import type { JsonEditorHandle } from '../../ui/JsonEditor.js';
import type { Finding } from '../../ui/json/marks.js';
import { parsed } from '../../ui/json/values.js';
import { schemaWords } from '../../ui/schemaWords.js';
import { LoadingState } from '../../ui/States.js';
import { joined, modelFindings } from './findings.js';
import { ModelSummary } from './ModelSummary.js';
import { useVerdict } from './useVerdict.js';

const JsonEditor = lazy(async () => ({ default: (await import('../../ui/JsonEditor.js')).JsonEditor }));

interface ModelSectionProps {
  readonly text: string;
  /** What is wrong with the model in this run. */
  readonly findings: readonly Finding[];
  readonly editor: Ref<JsonEditorHandle>;
  readonly onChange: (text: string) => void;
}

/** The network as JSON, and what it comes to: shapes, parameters, memory, and what is wrong. */
export function ModelSection({ text, findings, editor, onChange }: ModelSectionProps): ReactNode {
  const client = useClient();
  const { data: words } = useQuery({
    queryKey: ['schema', 'model'],
    queryFn: async () => schemaWords(await client.schemas.model()),
    staleTime: Infinity,
  });
  const asked = useVerdict<ModelVerdict>(
    'model',
    'value' in parsed(text) ? text : null,
    // The server says what is wrong with a definition that is none.
    (definition) => client.models.validate({ name: 'draft', definition: definition as never }),
    ({ errors }) => ({ ok: false, problems: [...errors], warnings: [], summary: null, memory: null }),
  );
  const { verdict } = asked;
  const own = useMemo(() => modelFindings(verdict?.problems ?? [], verdict?.warnings ?? []), [verdict]);
  const all = useMemo(() => joined(own, findings), [own, findings]);
  return (
    <section className="card new-run-section" aria-label="Model">
      <h2>Model</h2>
      <p className="hint">
        Layers in a list, layers by name, or what Keras’s <code>model.to_json()</code> gives. Type a quotation
        mark for suggestions.
      </p>
      <div className="new-run-pair">
        <Suspense fallback={<LoadingState what="the editor" />}>
          <JsonEditor
            label="Model definition"
            value={text}
            words={words}
            findings={all}
            onChange={onChange}
            ref={editor}
          />
        </Suspense>
        <ModelSummary text={text} asked={asked} findings={own} />
      </div>
    </section>
  );
}
