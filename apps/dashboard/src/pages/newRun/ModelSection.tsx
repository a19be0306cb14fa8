import type { Model, ModelVerdict } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState, type ReactNode, type Ref } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import type { JsonEditorHandle } from '../../ui/JsonEditor.js';
import type { Finding } from '../../ui/json/marks.js';
import { SchemaReader } from '../../ui/json/SchemaReader.js';
import { parsed, written } from '../../ui/json/values.js';
import { LoadingState } from '../../ui/States.js';
import type { Draft } from './draft.js';
import { joined, modelFindings } from './findings.js';
import { ModelPicker } from './ModelPicker.js';
import { ModelSummary } from './ModelSummary.js';
import { StoredModel } from './StoredModel.js';
import { useVerdict, type Asked } from './useVerdict.js';

const JsonEditor = lazy(async () => ({ default: (await import('../../ui/JsonEditor.js')).JsonEditor }));

type ModelPart = Pick<Draft, 'model' | 'modelId'>;

interface ModelSectionProps {
  readonly part: ModelPart;
  /** What is wrong with the model in this run. */
  readonly findings: readonly Finding[];
  readonly editor: Ref<JsonEditorHandle>;
  readonly onChange: (part: Partial<ModelPart>) => void;
}

/** What the server says of a definition. */
function useModelVerdict(text: string | undefined): Asked<ModelVerdict> {
  const client = useClient();
  return useVerdict<ModelVerdict>(
    'model',
    text !== undefined && 'value' in parsed(text) ? text : null,
    // The server says what is wrong with a definition that is none.
    (definition) => client.models.validate({ name: 'draft', definition: definition as never }),
    ({ errors }) => ({ ok: false, problems: [...errors], warnings: [], summary: null, memory: null }),
  );
}

/** The network, written as JSON or one that is stored; and what it comes to: shapes, parameters, memory, and what is wrong. */
export function ModelSection({ part, findings, editor, onChange }: ModelSectionProps): ReactNode {
  const client = useClient();
  const [isPicking, setPicking] = useState(false);
  const { modelId } = part;
  const stored = useQuery({
    queryKey: ['model', modelId],
    queryFn: () => client.models.get(modelId ?? ''),
    enabled: modelId !== null,
    staleTime: Infinity,
  });
  const text = modelId === null ? part.model : stored.data && written(stored.data.definition);
  const asked = useModelVerdict(text);
  const { verdict } = asked;
  const own = useMemo(() => modelFindings(verdict?.problems ?? [], verdict?.warnings ?? []), [verdict]);
  const pick = (model: Model): void => {
    setPicking(false);
    onChange({ modelId: model.id });
  };
  return (
    <section className="card new-run-section" aria-label="Model">
      <div className="new-run-head">
        <h2>Model</h2>
        <Button onClick={() => setPicking(true)}>Use a stored model …</Button>
      </div>
      {isPicking && <ModelPicker onPick={pick} onClose={() => setPicking(false)} />}
      <div className="new-run-pair">
        {modelId === null ? (
          <WrittenModel {...{ text: part.model, own, findings, editor, onChange }} />
        ) : (
          <StoredModel
            model={stored.data}
            error={stored.error}
            findings={findings}
            onRetry={() => void stored.refetch()}
            onEdit={({ definition }) => onChange({ modelId: null, model: written(definition) })}
            onWrite={() => onChange({ modelId: null })}
          />
        )}
        {text !== undefined && <ModelSummary text={text} asked={asked} findings={own} />}
      </div>
    </section>
  );
}

interface WrittenModelProps extends Omit<ModelSectionProps, 'part'> {
  readonly text: string;
  /** What is wrong with the model by itself. */
  readonly own: readonly Finding[];
}

function WrittenModel({ text, own, findings, editor, onChange }: WrittenModelProps): ReactNode {
  const client = useClient();
  const { data: basis = null } = useQuery({
    queryKey: ['schema', 'model'],
    queryFn: async () => ({ reader: new SchemaReader(await client.schemas.model()), wordsAt: () => [] }),
    staleTime: Infinity,
  });
  const all = useMemo(() => joined(own, findings), [own, findings]);
  return (
    <div className="new-run-written">
      <Suspense fallback={<LoadingState what="the editor" />}>
        <JsonEditor
          label="Model definition"
          value={text}
          basis={basis}
          findings={all}
          onChange={(model) => onChange({ model })}
          ref={editor}
        />
      </Suspense>
      <p className="hint">
        Layers in a list, layers by name, or what Keras’s <code>model.to_json()</code> gives. Suggestions come
        while you type, and by Ctrl-Space.
      </p>
    </div>
  );
}
