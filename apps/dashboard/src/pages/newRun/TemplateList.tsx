import type { ReactNode } from 'react';
import { Button } from '../../ui/Button.js';
import { templates, type Template } from './templates.js';

/** Networks and settings to begin with. */
export function TemplateList({ onPick }: { readonly onPick: (template: Template) => void }): ReactNode {
  return (
    <section className="new-run-templates" aria-label="Templates">
      {templates.map((template) => (
        <Button key={template.id} title={template.hint} onClick={() => onPick(template)}>
          {template.title}
        </Button>
      ))}
      <span className="hint">
        Templates fill in model and settings for the digits of examples/digits/digits.csv; with another
        dataset, what can be fitted to it is.
      </span>
    </section>
  );
}
