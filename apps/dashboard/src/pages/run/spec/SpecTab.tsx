import type { Run } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useClient } from '../../../session/SessionProvider.js';
import { Button } from '../../../ui/Button.js';
import { CopyButton } from '../../../ui/CopyButton.js';
import { messageOf } from '../../../ui/messages.js';
import { saveBlob } from '../../../ui/saveBlob.js';
import { EmptyState } from '../../../ui/States.js';
import { fileNameOf } from '../checkpoints/best.js';
import { runKey } from '../queries.js';
import { JsonTree, type Marks, type Shown } from './JsonTree.js';
import { differences, type Json } from './pointers.js';
import { placesSet, toPosted } from './posted.js';
import { Reproduce } from './Reproduce.js';
import { toFile } from './reproduce.js';
import './spec.css';

/** Levels that are unfolded at first; a model is deeper. */
const OPEN_DEPTH = 1;

/** What every fork has another one of. */
const OF_EACH = ['/origin'];

function useMarks(run: Run): Marks & { readonly error: unknown } {
  const client = useClient();
  const { origin } = run.spec;
  const { data, error } = useQuery({
    queryKey: runKey(origin?.run ?? ''),
    queryFn: () => client.runs.get(origin?.run ?? ''),
    enabled: origin !== null,
    staleTime: Infinity,
  });
  const { spec } = run;
  const set = useMemo(() => placesSet(toPosted(spec)), [spec]);
  const before = data?.spec;
  const differs = useMemo(() => {
    if (!before) return null;
    const found = new Map(differences(spec as unknown as Json, before as unknown as Json));
    for (const place of [...found.keys()])
      if (OF_EACH.some((own) => place === own || place.startsWith(`${own}/`))) found.delete(place);
    return found;
  }, [spec, before]);
  return { set, differs, error };
}

/** The complete spec of a run, what in it was set or changed, and how to make the run again. `show` is in the address. */
export function SpecTab({ run }: { readonly run: Run }): ReactNode {
  const [params, setParams] = useSearchParams();
  const [fold, setFold] = useState<{ readonly depth: number; readonly turn: number }>({
    depth: OPEN_DEPTH,
    turn: 0,
  });
  const marks = useMarks(run);
  const isFork = run.spec.origin !== null;
  const asked = params.get('show');
  const shown: Shown = asked === 'set' || (asked === 'fork' && isFork) ? asked : 'all';
  const text = toFile(run.spec);
  const show = (next: Shown): void =>
    setParams(
      (before) => {
        const changed = new URLSearchParams(before);
        if (next === 'all') changed.delete('show');
        else changed.set('show', next);
        return changed;
      },
      { replace: true },
    );
  const choices: readonly (readonly [Shown, string])[] = [
    ['all', 'Everything'],
    ['set', 'What was set'],
    ...(isFork ? [['fork', 'What the fork changed'] as const] : []),
  ];
  const isEmpty = shown === 'fork' && marks.differs?.size === 0;
  return (
    <div className="spec">
      <section className="card spec-card" aria-label="Spec">
        <div className="spec-tools">
          <div className="spec-choices" role="group" aria-label="Show">
            {choices.map(([one, label]) => (
              <Button key={one} aria-pressed={shown === one} onClick={() => show(one)}>
                {label}
              </Button>
            ))}
          </div>
          <Button kind="quiet" onClick={() => setFold({ depth: Infinity, turn: fold.turn + 1 })}>
            Unfold all
          </Button>
          <Button kind="quiet" onClick={() => setFold({ depth: 0, turn: fold.turn + 1 })}>
            Fold all
          </Button>
          <span className="spec-end">
            <CopyButton text={text} what="the spec" />
            <Button
              aria-label="Download the spec"
              onClick={() =>
                saveBlob(
                  new Blob([text], { type: 'application/json' }),
                  fileNameOf(run.name, run.step, 'spec.json'),
                )
              }
            >
              Download
            </Button>
          </span>
        </div>
        <p className="hint spec-about">
          <span className="spec-set">● set</span>: left out, it would be another; all else is a default.
          {run.spec.origin !== null && (
            <>
              {' '}
              <span className="spec-differs">≠ was</span>: what{' '}
              <Link to={`/runs/${run.spec.origin.run}?tab=spec`}>the run it was forked from</Link> has.
              {marks.error !== null && ` That run cannot be read: ${messageOf(marks.error)}`}
            </>
          )}
        </p>
        {isEmpty ? (
          <EmptyState title="The fork changed nothing">It goes on with the settings as they were.</EmptyState>
        ) : (
          <JsonTree
            key={`${fold.turn} ${shown}`}
            value={run.spec as unknown as Json}
            {...{ marks, shown }}
            isOpen={(depth) => shown !== 'all' || depth <= fold.depth}
          />
        )}
      </section>
      <Reproduce run={run} />
    </div>
  );
}
