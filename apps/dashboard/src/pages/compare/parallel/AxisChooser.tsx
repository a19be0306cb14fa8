import { useState, type ReactNode } from 'react';
import type { ParallelAxis } from '../../../charts/parallelAxes.js';
import { Button } from '../../../ui/Button.js';
import { Dialog } from '../../../ui/Dialog.js';
import type { RunAxes } from './runAxes.js';

interface AxisChooserProps {
  readonly all: RunAxes;
  readonly shown: readonly ParallelAxis[];
  /** Told of the ids to show; null: the usual ones. */
  readonly onChange: (ids: readonly string[] | null) => void;
}

/** Chooses the axes that are shown. */
export function AxisChooser({ all, shown, onChange }: AxisChooserProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const ids = shown.map(({ id }) => id);
  const toggle = (id: string): void =>
    onChange(ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        Axes: {shown.length} of {all.settings.length + all.metrics.length} …
      </Button>
      {isOpen && (
        <Dialog
          title="Axes"
          onClose={() => setOpen(false)}
          actions={
            <>
              <Button onClick={() => onChange(null)}>The usual ones</Button>
              <Button kind="primary" onClick={() => setOpen(false)}>
                Done
              </Button>
            </>
          }
        >
          {all.groups.map(({ title, axes }) => (
            <fieldset key={title} className="parallel-axes">
              <legend>{title}</legend>
              {axes.length === 0 && <p className="hint">None.</p>}
              {axes.map((axis) => (
                <label key={axis.id}>
                  <input
                    type="checkbox"
                    checked={ids.includes(axis.id)}
                    // With fewer than two there is no picture, and the address would say the usual ones.
                    disabled={ids.length <= 2 && ids.includes(axis.id)}
                    onChange={() => toggle(axis.id)}
                  />
                  {all.settings.includes(axis) ? axis.id : axis.title}
                </label>
              ))}
            </fieldset>
          ))}
        </Dialog>
      )}
    </>
  );
}
