// Suggestions in the editor: while one types, and by Ctrl-Space anywhere.

import {
  autocompletion,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { SchemaReader } from './SchemaReader.js';
import { suggestionsAt, type Suggestion, type WordsAt } from './suggestions.js';

/** What suggestions are made of; null while it is not there. */
export interface CompletionBasis {
  readonly reader: SchemaReader;
  readonly wordsAt: WordsAt;
}

/** Writes a suggestion in place of the word at the cursor; behind a name, its value comes next. */
function apply(view: EditorView, { reader, wordsAt }: CompletionBasis, { insert, kind }: Suggestion): void {
  const { range } = suggestionsAt(reader, view.state.doc.toString(), view.state.selection.main.head, wordsAt);
  const anchor = range.from + insert.length;
  view.dispatch({ changes: { ...range, insert }, selection: { anchor }, userEvent: 'input.complete' });
  if (kind === 'name') startCompletion(view);
}

function complete(context: CompletionContext, basis: CompletionBasis | null): CompletionResult | null {
  if (basis === null || (!context.explicit && context.matchBefore(/["\w.]$/) === null)) return null;
  const text = context.state.doc.toString();
  const { range, options } = suggestionsAt(basis.reader, text, context.pos, basis.wordsAt);
  if (options.length === 0) return null;
  const from = text[range.from] === '"' ? Math.min(range.from + 1, context.pos) : range.from;
  return {
    from,
    options: options.map((option, at): Completion => {
      const { label, kind, detail, info } = option;
      return {
        ...{ label, detail, type: kind === 'name' ? 'property' : 'enum' },
        ...(info === null ? {} : { info }),
        boost: -at / options.length, // In the order of the schema.
        apply: (view) => apply(view, basis, option),
      };
    }),
    validFor: /^[\w.]*$/,
  };
}

/** Completion by what `basisOf` answers when it is asked for. */
export const editorCompletion = (basisOf: () => CompletionBasis | null): Extension =>
  autocompletion({ override: [(context) => complete(context, basisOf())] });
