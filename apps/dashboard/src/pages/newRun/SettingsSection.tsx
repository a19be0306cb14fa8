import type { DatasetColumn } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode, type Ref } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import type { JsonEditorHandle } from '../../ui/JsonEditor.js';
import type { Finding } from '../../ui/json/marks.js';
import { SchemaReader } from '../../ui/json/SchemaReader.js';
import { schemaWords } from '../../ui/schemaWords.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { SettingsForm } from './settings/SettingsForm.js';

const JsonEditor = lazy(async () => ({ default: (await import('../../ui/JsonEditor.js')).JsonEditor }));

interface SettingsSectionProps {
  readonly text: string;
  readonly columns: readonly DatasetColumn[] | null;
  readonly findings: readonly Finding[];
  readonly editor: Ref<JsonEditorHandle>;
  readonly onChange: (text: string) => void;
}

/** The settings of the run: as fields, and as JSON; both are the same text. */
export function SettingsSection({
  text,
  columns,
  findings,
  editor,
  onChange,
}: SettingsSectionProps): ReactNode {
  const client = useClient();
  const schema = useQuery({
    queryKey: ['schema', 'run'],
    queryFn: async () => {
      const found = await client.schemas.run();
      return { reader: new SchemaReader(found), words: schemaWords(found) };
    },
    staleTime: Infinity,
  });
  return (
    <section className="card new-run-section new-run-settings" aria-label="Settings">
      <h2>Settings</h2>
      <div className="new-run-pair">
        {schema.error && <ErrorState error={schema.error} onRetry={() => void schema.refetch()} />}
        {schema.isPending && <LoadingState what="the fields" />}
        {schema.data && (
          <SettingsForm
            text={text}
            reader={schema.data.reader}
            columns={columns}
            problems={findings}
            onChange={onChange}
          />
        )}
        <Suspense fallback={<LoadingState what="the editor" />}>
          <JsonEditor
            label="All settings"
            value={text}
            words={schema.data?.words}
            findings={findings}
            onChange={onChange}
            ref={editor}
          />
        </Suspense>
      </div>
      <p className="hint">
        Fields and JSON are the same settings. What is not said has its default; the run shows all of them.
      </p>
    </section>
  );
}
