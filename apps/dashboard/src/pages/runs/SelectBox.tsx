import type { ReactNode } from 'react';
import type { RunRowProps } from './rowProps.js';

type SelectBoxProps = Pick<RunRowProps, 'run' | 'isSelected' | 'onSelect'>;

/** Selects a run. React has no say in what Shift means to a box, so the click decides. */
export const SelectBox = ({ run, isSelected, onSelect }: SelectBoxProps): ReactNode => (
  <label className="runs-box">
    <input
      type="checkbox"
      aria-label={`Select ${run.name}`}
      checked={isSelected}
      onChange={({ nativeEvent }) =>
        onSelect(run.id, 'shiftKey' in nativeEvent && nativeEvent.shiftKey === true)
      }
    />
  </label>
);
