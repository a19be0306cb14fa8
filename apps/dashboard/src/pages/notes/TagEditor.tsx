import type { KeyboardEvent, ReactNode } from 'react';
import { TextField } from '../../ui/Field.js';
import { withTag } from './tags.js';

interface TagEditorProps {
  readonly tags: readonly string[];
  /** What is typed and no tag yet. */
  readonly adding: string;
  readonly onAdding: (text: string) => void;
  readonly onChange: (tags: readonly string[]) => void;
}

/** A run's tags, with a field for one more. */
export function TagEditor({ tags, adding, onAdding, onChange }: TagEditorProps): ReactNode {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || adding.trim() === '') return;
    event.preventDefault();
    onChange(withTag(tags, adding));
    onAdding('');
  };
  return (
    <div>
      <TextField
        label="Tags"
        hint="Enter adds one; at most 20."
        value={adding}
        maxLength={50}
        onChange={onAdding}
        onKeyDown={onKeyDown}
      />
      <div className="notes-tags">
        {tags.map((tag) => (
          <button
            key={tag}
            type="button"
            className="notes-tag"
            aria-label={`Remove the tag ${tag}`}
            onClick={() => onChange(tags.filter((other) => other !== tag))}
          >
            {tag} <span aria-hidden="true">✕</span>
          </button>
        ))}
      </div>
    </div>
  );
}
