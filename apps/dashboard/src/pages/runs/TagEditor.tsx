import type { KeyboardEvent, ReactNode } from 'react';
import { TextField } from '../../ui/Field.js';

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
    const tag = adding.trim();
    if (event.key !== 'Enter' || tag === '') return;
    event.preventDefault();
    if (!tags.includes(tag)) onChange([...tags, tag]);
    onAdding('');
  };
  return (
    <div>
      <TextField
        label="Tags"
        hint="Enter adds it."
        value={adding}
        maxLength={50}
        onChange={onAdding}
        onKeyDown={onKeyDown}
      />
      <span className="runs-tags runs-tags-all">
        {tags.map((tag) => (
          <button
            key={tag}
            type="button"
            className="runs-tag"
            aria-label={`Remove the tag ${tag}`}
            onClick={() => onChange(tags.filter((other) => other !== tag))}
          >
            {tag} <span aria-hidden="true">✕</span>
          </button>
        ))}
      </span>
    </div>
  );
}
