import type { Run } from '@gradstream/sdk';
import { useState, type ReactNode } from 'react';
import { compareSettings } from './differences.js';

/** The settings of runs side by side; what differs comes first and is marked. */
export function SettingsTable({ runs }: { readonly runs: readonly Run[] }): ReactNode {
  const [hasAll, setAll] = useState(false);
  const settings = compareSettings(runs.map(({ spec }) => spec));
  const shown = hasAll ? settings : settings.filter(({ isDifferent }) => isDifferent);
  return (
    <section className="card" aria-label="Settings">
      <div className="compare-head">
        <h2>Settings</h2>
        <label>
          <input type="checkbox" checked={hasAll} onChange={(event) => setAll(event.target.checked)} /> Show
          also what is the same
        </label>
      </div>
      {shown.length === 0 ? (
        <p className="hint">These runs have the same settings.</p>
      ) : (
        <div className="table-box compare-settings" tabIndex={0} role="region" aria-label="Table of settings">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Setting</th>
                {runs.map(({ id, name }) => (
                  <th key={id} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ path, values, isDifferent }) => (
                <tr key={path} className={isDifferent ? 'compare-different' : ''}>
                  <th scope="row">
                    {isDifferent && <span aria-label="differs">≠ </span>}
                    {path}
                  </th>
                  {values.map((value, at) => (
                    <td key={runs[at]?.id} className="mono" title={value ?? undefined}>
                      {value ?? '–'}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
