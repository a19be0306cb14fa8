import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Button } from './Button.js';
import './list.css';
import './table.css';

interface ListTableProps {
  readonly label: string;
  /** Heads of the columns; those of numbers are at their right. */
  readonly heads: readonly (string | { readonly number: string })[];
  /** The rows. */
  readonly children: ReactNode;
  /** How more are had; null when these are all. */
  readonly more: { readonly isBusy: boolean; readonly fetch: () => void } | null;
}

/** A list as a table, of which a page at a time is fetched. */
export function ListTable({ label, heads, children, more }: ListTableProps): ReactNode {
  return (
    <div className="card table-box" tabIndex={0} role="region" aria-label={label}>
      <table className="table">
        <thead>
          <tr>
            {heads.map((head) =>
              typeof head === 'string' ? (
                <th key={head} scope="col">
                  {head}
                </th>
              ) : (
                <th key={head.number} scope="col" className="number">
                  {head.number}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
      {more && (
        <Button isBusy={more.isBusy} onClick={more.fetch}>
          Show older ones
        </Button>
      )}
    </div>
  );
}

/** The first cell of a row: a name that leads to the page of the thing. */
export function NameCell({ to, name }: { readonly to: string; readonly name: string }): ReactNode {
  return (
    <th scope="row" className="list-cut">
      <Link to={to} title={name}>
        {name}
      </Link>
    </th>
  );
}
