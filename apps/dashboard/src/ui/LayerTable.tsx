import type { ModelSummary } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { formatNumber } from './format.js';
import { shapeText } from './shapeText.js';
import './table.css';

interface LayerTableProps {
  readonly layers: ModelSummary['layers'];
  readonly caption?: ReactNode;
}

/** The layers of a model, with their shapes and parameters. */
export function LayerTable({ layers, caption }: LayerTableProps): ReactNode {
  return (
    <table className="table">
      {caption !== undefined && <caption>{caption}</caption>}
      <thead>
        <tr>
          <th scope="col">Layer</th>
          <th scope="col">Type</th>
          <th scope="col">Output</th>
          <th scope="col" className="number">
            Parameters
          </th>
        </tr>
      </thead>
      <tbody>
        {layers.map(({ name, type, outputShape, parameterCount }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{type}</td>
            <td>{shapeText(outputShape)}</td>
            <td className="number">{formatNumber(parameterCount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
