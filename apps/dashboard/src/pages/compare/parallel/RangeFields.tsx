import { useState, type ReactNode } from 'react';
import type { AxisRange, ParallelAxis } from '../../../charts/parallelAxes.js';
import { formatNumber } from '../../../ui/format.js';

interface RangeFieldsProps {
  readonly axes: readonly ParallelAxis[];
  readonly ranges: readonly AxisRange[];
  readonly onRange: (id: string, range: readonly [number, number] | null) => void;
}

/** The ranges of the axes as fields, for those who have only keys, or know the numbers. */
export function RangeFields({ axes, ranges, onRange }: RangeFieldsProps): ReactNode {
  return (
    <details className="parallel-ranges" open={ranges.length > 0}>
      <summary>Ranges</summary>
      <div>
        {axes.map((axis) => {
          const range = ranges.find(({ id }) => id === axis.id);
          return <AxisFields key={axis.id} {...{ axis, range }} onRange={(next) => onRange(axis.id, next)} />;
        })}
      </div>
    </details>
  );
}

interface AxisFieldsProps {
  readonly axis: ParallelAxis;
  readonly range: AxisRange | undefined;
  readonly onRange: (range: readonly [number, number] | null) => void;
}

function AxisFields({ axis, range, onRange }: AxisFieldsProps): ReactNode {
  const { title, kind, values, categories } = axis;
  const told = [range?.low, range?.high].map((end) =>
    end !== undefined && Number.isFinite(end) ? String(end) : '',
  );
  const [known, setKnown] = useState(told);
  const [low = '', setLow] = useState(told[0]);
  const [high = '', setHigh] = useState(told[1]);
  if (known.join(' ') !== told.join(' ')) {
    // Another range was dragged, or the address was changed. An end that is as it was may be being typed.
    setKnown(told);
    if (known[0] !== told[0]) setLow(told[0]);
    if (known[1] !== told[1]) setHigh(told[1]);
  }
  const numbers = values.filter((value) => value !== null);
  const least = kind === 'category' ? 0 : Math.min(...numbers);
  const most = kind === 'category' ? categories.length - 1 : Math.max(...numbers);
  const apply = (from: string, to: string): void => {
    if (from === told[0] && to === told[1]) return;
    if (from === '' && to === '') onRange(null);
    else onRange([from === '' ? -Infinity : Number(from), to === '' ? Infinity : Number(to)]);
  };
  const ends = [
    ['From', low, setLow, (text: string) => apply(text, high), least],
    ['To', high, setHigh, (text: string) => apply(low, text), most],
  ] as const;
  return (
    <fieldset>
      <legend>{title}</legend>
      {ends.map(([name, text, set, done, end]) =>
        kind === 'category' ? (
          <select
            key={name}
            aria-label={`${name}, ${title}`}
            value={text}
            onChange={({ target }) => done(target.value)}
          >
            <option value="">{name}</option>
            {categories.map((category, at) => (
              <option key={category} value={at}>
                {category}
              </option>
            ))}
          </select>
        ) : (
          <input
            key={name}
            type="number"
            step="any"
            aria-label={`${name}, ${title}`}
            placeholder={numbers.length === 0 ? '' : formatNumber(end)}
            value={text}
            onChange={({ target }) => set(target.value)}
            onBlur={({ target }) => done(target.value)}
            onKeyDown={({ key, currentTarget }) => {
              if (key === 'Enter') done(currentTarget.value);
            }}
          />
        ),
      )}
    </fieldset>
  );
}
