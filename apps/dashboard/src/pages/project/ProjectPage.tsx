import type { Project, RunState } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { useClient, useSession } from '../../session/SessionProvider.js';
import { CopyButton } from '../../ui/CopyButton.js';
import { Facts } from '../../ui/Facts.js';
import { StateBadge } from '../../ui/StateBadge.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { STATES } from '../runs/runsView.js';
import './project.css';

const EVERY_MS = 5000;
const sumOf = (counts: Readonly<Partial<Record<string, number>>>): number =>
  Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
const written = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;

/** The project: what is in it, and the ways there. */
export function ProjectPage(): ReactNode {
  usePageTitle('Project');
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['project'],
    queryFn: () => client.projects.current(),
    refetchInterval: EVERY_MS,
  });
  if (data) return <ProjectView project={data} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <LoadingState what="the project" />;
}

function ProjectView({ project }: { readonly project: Project }): ReactNode {
  const { id, name, runs, datasets, models } = project;
  const key = useSession().current;
  const states = STATES.filter((state) => (runs[state] ?? 0) > 0);
  const unready = sumOf(datasets) - (datasets.ready ?? 0);
  return (
    <div className="project">
      <div className="page-title">
        <h1>{name}</h1>
        <Link to="/runs/new" className="button button-primary">
          New run
        </Link>
      </div>
      <section className="card project-about" aria-label="About the project">
        <Facts
          facts={[
            [
              'Id',
              <span key="id" className="facts-id">
                <code>{id}</code> <CopyButton text={id} what="the project’s id" />
              </span>,
            ],
            ['Key in use', `${key?.keyName ?? ''} (${key?.scopes.join(', ') ?? ''})`],
          ]}
        />
      </section>
      <div className="project-parts">
        <section className="card" aria-label="Runs">
          <h2>
            <Link to="/runs">{written(sumOf(runs), 'run')}</Link>
          </h2>
          {states.length === 0 ? (
            <p className="hint">
              None yet: <Link to="/runs/new">make one</Link>.
            </p>
          ) : (
            <ul className="project-states">
              {states.map((state) => (
                <StateCount key={state} state={state} count={runs[state] ?? 0} />
              ))}
            </ul>
          )}
        </section>
        <section className="card" aria-label="Datasets">
          <h2>
            <Link to="/datasets">{written(sumOf(datasets), 'dataset')}</Link>
          </h2>
          <p className="hint">
            {sumOf(datasets) === 0
              ? 'None yet: drop a file on the page of a new run.'
              : unready === 0
                ? 'All can be trained on.'
                : `${datasets.ready ?? 0} can be trained on; not ready, or rejected: ${unready}.`}
          </p>
        </section>
        <section className="card" aria-label="Models">
          <h2>
            <Link to="/models">{written(models, 'model')}</Link>
          </h2>
          <p className="hint">
            {models === 0
              ? 'None is stored. A run may bring its own.'
              : 'Stored ones; a run may also bring its own.'}
          </p>
        </section>
      </div>
    </div>
  );
}

const StateCount = ({ state, count }: { readonly state: RunState; readonly count: number }): ReactNode => (
  <li>
    <Link to={`/runs?state=${state}`}>
      <StateBadge state={state} /> <span className="number">{count.toLocaleString('en-US')}</span>
    </Link>
  </li>
);
