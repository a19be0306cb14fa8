import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Button } from '../../ui/Button.js';
import { EmptyState } from '../../ui/States.js';

const COMMAND =
  'npm run gradstream -- train examples/digits/run.json --dataset examples/digits/digits.csv --model examples/digits/model-cnn.json';

/** A project that has no runs yet: how to make one. */
export const NoRuns = (): ReactNode => (
  <EmptyState title="No runs yet">
    <p>A run trains a model on a dataset. Make one here:</p>
    <p>
      <Link to="/runs/new" className="button button-primary">
        New run
      </Link>
    </p>
    <p>or on the command line, with the digits that come with it:</p>
    <pre className="runs-command">
      <code>{COMMAND}</code>
    </pre>
  </EmptyState>
);

/** Runs there are, but none that is asked for. */
export const NoMatch = ({ onClear }: { readonly onClear: () => void }): ReactNode => (
  <EmptyState title="No run matches">
    <p>None has all that is asked for above.</p>
    <Button onClick={onClear}>Show all runs</Button>
  </EmptyState>
);
