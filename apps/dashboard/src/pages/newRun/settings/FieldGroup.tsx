import type { ReactNode } from 'react';
import { isRecord, valueAt } from '../../../ui/json/values.js';
import { useForm } from './formState.js';

interface FieldGroupProps {
  readonly title: string;
  /** The settings that it has fields of. */
  readonly settings: readonly string[];
  readonly children: ReactNode;
}

/** Fields that are folded away until they are asked for; the title says how many are set, and whether some are wrong. */
export function FieldGroup({ title, settings, children }: FieldGroupProps): ReactNode {
  const { document, errorIn } = useForm();
  const set = settings
    .map((name) => valueAt(document, [name]))
    .filter((value) => value !== undefined && (!isRecord(value) || Object.keys(value).length > 0));
  const isWrong = settings.some((name) => errorIn([name]) !== null);
  return (
    <details className="settings-group">
      <summary>
        {title}
        {set.length > 0 && <span className="hint"> · set</span>}
        {isWrong && <span className="field-error"> · to be changed</span>}
      </summary>
      <div className="settings-fields">{children}</div>
    </details>
  );
}
