import type { Dataset } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { useClient } from '../../session/SessionProvider.js';
import type { JsonEditorHandle } from '../../ui/JsonEditor.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { CheckSection } from './CheckSection.js';
import { DatasetSection } from './DatasetSection.js';
import { fromTemplate, likeRun, loadDraft, saveDraft, toRun, type Draft } from './draft.js';
import { findingsIn, findingsOf, type PlacedFinding } from './findings.js';
import { ModelSection } from './ModelSection.js';
import { SettingsSection } from './SettingsSection.js';
import { GuessNote } from './guess/GuessNote.js';
import { guessFor } from './guess/guess.js';
import { textsOf, withoutGuess, type MadeGuess } from './guess/madeGuess.js';
import { TemplateList } from './TemplateList.js';
import { useDataset, useRunVerdict } from './useRunDraft.js';
import './newRun.css';

/** A run is written here: from a template, from another run (`?like=`), or from nothing. */
export function NewRunPage(): ReactNode {
  usePageTitle('New run');
  const client = useClient();
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
  return <Editor key={like} initial={data ? likeRun(data) : loadDraft(window.sessionStorage)} />;
}

function Editor({ initial }: { readonly initial: Draft }): ReactNode {
  const [draft, setDraft] = useState(initial);
  const [guess, setGuess] = useState<MadeGuess | null>(null);
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
  const change = (part: Partial<Draft>): void => {
    const next = { ...draft, ...part };
    saveDraft(window.sessionStorage, next);
    setDraft(next);
  };
  /** Takes over a draft, with what the dataset suggests for it. */
  const guessed = (next: Draft, picked: Dataset | undefined, mayReplace: boolean): void => {
    const found = picked?.columns ? guessFor(next, picked.columns, mayReplace) : null;
    setGuess(found && { ...found, before: next });
    change(found ? { ...next, ...textsOf(found), guessed: textsOf(found) } : next);
  };
  const show = ({ part, inner, ...finding }: PlacedFinding): void => {
    if (part === 'dataset') datasetPart.current?.scrollIntoView({ block: 'start' });
    else (part === 'model' ? modelEditor : settingsEditor).current?.show({ ...finding, pointer: inner });
  };
  return (
    <div className="new-run">
      <div className="page-title">
        <h1>New run</h1>
      </div>
      <TemplateList onPick={(template) => guessed(fromTemplate(draft, template), dataset, false)} />
      <div ref={datasetPart}>
        <DatasetSection
          datasetId={draft.datasetId}
          onChange={(picked) => guessed({ ...draft, datasetId: picked?.id ?? null }, picked, true)}
        />
        {guess && (
          <GuessNote
            guess={guess}
            draft={draft}
            onUndo={() => change({ ...withoutGuess(draft, guess), guessed: null })}
          />
        )}
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
