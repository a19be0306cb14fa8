import type { Run } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Button } from '../../../ui/Button.js';
import { CopyButton } from '../../../ui/CopyButton.js';
import { saveBlob } from '../../../ui/saveBlob.js';
import { toPosted } from './posted.js';
import { CLI_ELSEWHERE, CLI_LINE, curlLine, MODEL_FILE, SPEC_FILE, toFile } from './reproduce.js';

function FileButton({ name, value }: { readonly name: string; readonly value: unknown }): ReactNode {
  return (
    <Button onClick={() => saveBlob(new Blob([toFile(value)], { type: 'application/json' }), name)}>
      ⤓ {name}
    </Button>
  );
}

function Lines({ text, what }: { readonly text: string; readonly what: string }): ReactNode {
  return (
    <div className="spec-lines">
      <pre tabIndex={0} aria-label={what}>
        {text}
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}

/** How to make the run again: by this page, by HTTP, and by the command line from files. */
export function Reproduce({ run }: { readonly run: Run }): ReactNode {
  const posted = toPosted(run.spec);
  const { origin, model } = run.spec;
  return (
    <section className="card spec-card" aria-label="Reproduce">
      <h2>Make it again</h2>
      <p className="hint">
        On the same kind of machine, with as many threads, a run of the same spec ends with the same bytes.
        {origin !== null && ' This one is a fork: made anew it begins at step 0, not where it was forked.'}
      </p>
      <p>
        <Link className="button" to={`/runs/new?like=${run.id}`}>
          New run like this one
        </Link>
      </p>
      <h3>On this server</h3>
      <p>
        <FileButton name={SPEC_FILE} value={posted} />
      </p>
      <Lines text={CLI_LINE} what="the line for the command line" />
      <Lines text={curlLine(window.location.origin)} what="the lines for curl" />
      <h3>On another one, which has neither its dataset nor its model</h3>
      <p>
        <FileButton name={MODEL_FILE} value={model.definition} />
      </p>
      <Lines text={CLI_ELSEWHERE} what="the lines for another server" />
    </section>
  );
}
