import type { DatasetColumn } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, type ReactNode, type Ref } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import type { JsonEditorHandle } from '../../ui/JsonEditor.js';
import type { Finding } from '../../ui/json/marks.js';
import { SchemaReader } from '../../ui/json/SchemaReader.js';
import type { Path } from '../../ui/json/values.js';
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

/** Names of columns, where a setting is about columns. */
function columnsAt(path: Path, columns: readonly DatasetColumn[]): readonly string[] {
  const isColumn = path.at(-1) === 'column' || path.at(-2) === 'columns';
  return isColumn ? columns.map(({ name }) => name) : [];
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
    queryFn: async () => new SchemaReader(await client.schemas.run()),
    staleTime: Infinity,
  });
  const { data: reader } = schema;
  const basis = useMemo(
    () => (reader === undefined ? null : { reader, wordsAt: (path: Path) => columnsAt(path, columns ?? []) }),
    [reader, columns],
  );
  return (
    <section className="card new-run-section new-run-settings" aria-label="Settings">
      <h2>Settings</h2>
      <div className="new-run-pair">
        {schema.error && <ErrorState error={schema.error} onRetry={() => void schema.refetch()} />}
        {schema.isPending && <LoadingState what="the fields" />}
        {schema.data && (
          <SettingsForm
            text={text}
            reader={schema.data}
            columns={columns}
            problems={findings}
            onChange={onChange}
          />
        )}
        <Suspense fallback={<LoadingState what="the editor" />}>
          <JsonEditor
            label="All settings"
            value={text}
            basis={basis}
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
