import type { FeatureType } from '@gradstream/sdk';
import { useState, type ReactNode } from 'react';
import type { FileColumn } from './columns.js';

type Types = Readonly<Record<string, FeatureType>>;

interface TypeTableProps {
  readonly columns: readonly FileColumn[];
  readonly known: readonly FeatureType[];
  /** Those that are said; the others are inferred. */
  readonly types: Types;
  readonly onChange: (types: Types) => void;
}

/** More are found by typing a part of the name. */
const SHOWN = 50;

/** The columns of a file with the types that they are to have. Folded up, for most are inferred well. */
export function TypeTable({ columns, known, types, onChange }: TypeTableProps): ReactNode {
  const [search, setSearch] = useState('');
  const found = columns.filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()));
  const said = Object.keys(types).length;
  const setType = (name: string, type: string): void => {
    const others = Object.entries(types).filter(([other]) => other !== name);
    const next = known.find((one) => one === type);
    onChange(Object.fromEntries(next === undefined ? others : [...others, [name, next]]));
  };
  return (
    <details className="type-table">
      <summary>
        Types of the {columns.length} columns:{' '}
        {said === 0 ? 'inferred from the values' : `${said} said, the others inferred`}
      </summary>
      {columns.length > SHOWN && (
        <input
          type="search"
          aria-label="Search in the columns"
          placeholder="Search …"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <div className="table-box">
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Type</th>
              <th scope="col">First values</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, SHOWN).map(({ name, sample }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <select
                    aria-label={`Type of ${name}`}
                    value={types[name] ?? ''}
                    onChange={(event) => setType(name, event.target.value)}
                  >
                    <option value="">inferred</option>
                    {known.map((type) => (
                      <option key={type} value={type}>
                        {type}
                      </option>
                    ))}
                  </select>
                </td>
                <td className="type-table-sample">{sample.join(' · ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.length > SHOWN && (
        <p className="hint">{found.length - SHOWN} more: type a part of the name to find them.</p>
      )}
    </details>
  );
}
