import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useReducer, useRef, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { useClient, useSession } from '../../session/SessionProvider.js';
import type { JsonEditorHandle } from '../../ui/JsonEditor.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { CheckSection } from './CheckSection.js';
import { DatasetSection } from './DatasetSection.js';
import { likeRun, loadDraft, saveDraft, toRun, type Draft, type DraftScope } from './draft.js';
import { edited } from './editing.js';
import { findingsIn, findingsOf, type PlacedFinding } from './findings.js';
import { ModelSection } from './ModelSection.js';
import { SettingsSection } from './SettingsSection.js';
import { GuessNote } from './guess/GuessNote.js';
import { TemplateList } from './TemplateList.js';
import { useDataset, useRunVerdict } from './useRunDraft.js';
import './newRun.css';

/** A run is written here: from a template, from another run (`?like=`), or from nothing. */
export function NewRunPage(): ReactNode {
  usePageTitle('New run');
  const client = useClient();
  const { current } = useSession();
  const [params] = useSearchParams();
  const like = params.get('like');
  const { data, error, refetch } = useQuery({
    queryKey: ['run', like],
    queryFn: () => client.runs.get(like ?? ''),
    enabled: like !== null,
    staleTime: Infinity,
  });
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (like !== null && !data) return <LoadingState what="the run" />;
  const scope = { keyId: current?.id ?? '', like };
  const initial = loadDraft(window.sessionStorage, scope, data && likeRun(data));
  return <Editor key={like} {...{ initial, scope }} />;
}

interface EditorProps {
  readonly initial: Draft;
  readonly scope: DraftScope;
}

function Editor({ initial, scope: { keyId, like = null } }: EditorProps): ReactNode {
  const [{ draft, guess }, edit] = useReducer(edited, { draft: initial, guess: null });
  useEffect(() => saveDraft(window.sessionStorage, { keyId, like }, draft), [keyId, like, draft]);
  const modelEditor = useRef<JsonEditorHandle>(null);
  const settingsEditor = useRef<JsonEditorHandle>(null);
  const datasetPart = useRef<HTMLDivElement>(null);
  const modelPart = useRef<HTMLDivElement>(null);
  const dataset = useDataset(draft.datasetId);
  const run = useMemo(() => toRun(draft), [draft]);
  const asked = useRunVerdict(run);
  const { verdict } = asked;
  const findings = useMemo(() => findingsOf(verdict?.problems ?? [], verdict?.warnings ?? []), [verdict]);
  const parts = useMemo(
    () => ({ model: findingsIn(findings, 'model'), settings: findingsIn(findings, 'settings') }),
    [findings],
  );
  const change = (part: Partial<Draft>): void => edit({ type: 'change', part });
  const show = ({ part, inner, ...finding }: PlacedFinding): void => {
    if (part === 'dataset') datasetPart.current?.scrollIntoView({ block: 'start' });
    else (part === 'model' ? modelEditor : settingsEditor).current?.show({ ...finding, pointer: inner });
  };
  return (
    <div className="new-run">
      <div className="page-title">
        <h1>New run</h1>
      </div>
      <TemplateList onPick={(template) => edit({ type: 'template', template, dataset })} />
      <div ref={datasetPart}>
        <DatasetSection
          datasetId={draft.datasetId}
          onChange={(picked) => edit({ type: 'dataset', dataset: picked })}
        />
        {guess && <GuessNote guess={guess} draft={draft} onUndo={() => edit({ type: 'undoGuess' })} />}
      </div>
      <div ref={modelPart}>
        <ModelSection part={draft} findings={parts.model} editor={modelEditor} onChange={change} />
      </div>
      <SettingsSection
        text={draft.settings}
        columns={dataset?.columns ?? null}
        findings={parts.settings}
        editor={settingsEditor}
        onChange={(settings) => change({ settings })}
      />
      <CheckSection run={run} asked={asked} findings={findings} onShow={show} />
    </div>
  );
}
