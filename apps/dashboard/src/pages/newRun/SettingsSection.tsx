import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { TextField } from '../../ui/Field.js';
import { schemaWords } from '../../ui/schemaWords.js';
import { LoadingState } from '../../ui/States.js';
import { settingAt, withSetting } from './draft.js';

const JsonEditor = lazy(async () => ({ default: (await import('../../ui/JsonEditor.js')).JsonEditor }));

interface SettingsSectionProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** The settings that are changed most, with what they are when nothing is said. */
const FIELDS = [
  { label: 'Name', path: ['name'], initial: 'run', isNumber: false },
  { label: 'Target column', path: ['target', 'column'], initial: 'has to be said', isNumber: false },
  {
    label: 'Learning rate',
    path: ['optimizer', 'learningRate'],
    initial: 'that of the optimizer',
    isNumber: true,
  },
  { label: 'Batch size', path: ['batchSize'], initial: '32', isNumber: true },
  { label: 'Epochs', path: ['epochs'], initial: '10', isNumber: true },
  { label: 'Seed', path: ['seed'], initial: '42', isNumber: true },
] as const;

/** The settings of the run: a few as fields, all as JSON; both are the same text. */
export function SettingsSection({ text, onChange }: SettingsSectionProps): ReactNode {
  const client = useClient();
  const { data: words } = useQuery({
    queryKey: ['schema', 'run'],
    queryFn: async () => schemaWords(await client.schemas.run()),
    staleTime: Infinity,
  });
  return (
    <section className="card new-run-section" aria-label="Settings">
      <h2>Settings</h2>
      <div className="new-run-pair">
        <div className="new-run-fields">
          {FIELDS.map(({ label, path, initial, isNumber }) => {
            const value = settingAt(text, path);
            return (
              <TextField
                key={label}
                label={label}
                inputMode={isNumber ? 'decimal' : 'text'}
                placeholder={`default: ${initial}`}
                value={typeof value === 'string' || typeof value === 'number' ? String(value) : ''}
                onChange={(typed) => {
                  const number = Number(typed);
                  const isWhole = isNumber && typed.trim() !== '' && String(number) === typed.trim();
                  onChange(withSetting(text, path, typed === '' ? undefined : isWhole ? number : typed));
                }}
              />
            );
          })}
        </div>
        <Suspense fallback={<LoadingState what="the editor" />}>
          <JsonEditor label="All settings" value={text} words={words} onChange={onChange} />
        </Suspense>
      </div>
      <p className="hint">
        What is not said has the default that docs/runs.md names; the stored run shows all of them.
      </p>
    </section>
  );
}
