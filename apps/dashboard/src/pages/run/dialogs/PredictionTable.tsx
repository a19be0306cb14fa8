import { fromWireNumber, type OutputAnswer, type Predictions } from '@gradstream/sdk';
import { Fragment, type ReactNode } from 'react';
import { formatNumber } from '../../../ui/format.js';
import { likeliest, numbers, outputsOf } from './answers.js';

interface PredictionTableProps {
  readonly answer: Predictions;
  /** The number of the first row, counted from 1. */
  readonly firstRow: number;
}

const headed = (name: string, what: string): string => (name === '' ? what : `${name}: ${what}`);

function Heads({ output: { name, classes, values } }: { readonly output: OutputAnswer }): ReactNode {
  if (classes === null) return <th scope="col">{headed(name, 'value')}</th>;
  return (
    <>
      <th scope="col">{headed(name, 'class')}</th>
      {values === 'probabilities' && <th scope="col">{headed(name, 'probability')}</th>}
      <th scope="col">{headed(name, values === 'probabilities' ? 'likeliest' : 'scores')}</th>
    </>
  );
}

function Cells({ output, row }: { readonly output: OutputAnswer; readonly row: number }): ReactNode {
  const { classes, values, data } = output;
  const one = data[row];
  if (!one) return null;
  if (classes === null) return <td className="number">{numbers(one)}</td>;
  const share = one.probability === null ? 0 : fromWireNumber(one.probability);
  return (
    <>
      <td>
        <strong>{one.class ?? '–'}</strong>
      </td>
      {values === 'probabilities' && (
        <td className="number">
          <span className="predict-share" aria-hidden="true">
            <span style={{ width: `${100 * share}%` }} />
          </span>
          {formatNumber(one.probability, 3)}
        </td>
      )}
      <td className="number">{likeliest(one, classes)}</td>
    </>
  );
}

/** What a checkpoint says of rows. */
export function PredictionTable({ answer, firstRow }: PredictionTableProps): ReactNode {
  const outputs = outputsOf(answer);
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Predictions">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Row</th>
            {outputs.map((output) => (
              <Heads key={output.name} output={output} />
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.data.map((_, row) => (
            <tr key={firstRow + row}>
              <th scope="row" className="number">
                {firstRow + row}
              </th>
              {outputs.map((output) => (
                <Fragment key={output.name}>
                  <Cells output={output} row={row} />
                </Fragment>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
