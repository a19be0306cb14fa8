import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { linter, lintGutter } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react';
import type { SchemaWords } from './schemaWords.js';
import './jsonEditor.css';

interface JsonEditorProps {
  readonly label: string;
  readonly value: string;
  readonly words: SchemaWords | undefined;
  readonly onChange: (value: string) => void;
}

const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '13px', height: '100%' },
  '.cm-gutters': { color: 'var(--text-muted)', backgroundColor: 'var(--surface-sunken)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--surface-hover)' },
  '&.cm-focused': { outline: '2px solid var(--focus)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-tooltip': { color: 'var(--text)', backgroundColor: 'var(--surface)' },
  '.cm-content': { fontFamily: 'var(--font-mono)' },
});

/** Colours of the page, which are readable on its surfaces. */
const highlights = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--text)' },
  { tag: tags.string, color: 'var(--accent-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--good)' },
]);

/**
 * An editor of JSON with completion. It lives in a shadow root: there CodeMirror's styles are constructed sheets, which the
 * page's policy allows. Tab leaves it.
 */
export function JsonEditor({ label, value, words, onChange }: JsonEditorProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const changed = useEffectEvent((text: string) => onChange(text));
  const initial = useEffectEvent(() => value);
  const complete = useEffectEvent((context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/"[\w.]*/);
    if (!word || !words) return null;
    const before = context.state.sliceDoc(Math.max(0, word.from - 40), word.from);
    const options = /[:]\s*$/.test(before) ? words.values : [...words.names, ...words.values];
    return { from: word.from + 1, options: options.map((text) => ({ label: text })), validFor: /^[\w.]*$/ };
  });
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: initial(),
        extensions: [
          basicSetup,
          json(),
          linter(jsonParseLinter()),
          lintGutter(),
          autocompletion({ override: [(context) => complete(context)] }),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
          syntaxHighlighting(highlights),
          theme,
        ],
      }),
    });
    view.scrollDOM.tabIndex = 0; // Who has only keys scrolls with them.
    editor.current = view;
    return () => {
      editor.current = null;
      view.destroy();
    };
  }, [label]);
  useEffect(() => {
    const view = editor.current;
    const shown = view?.state.doc.toString();
    if (view && shown !== value)
      view.dispatch({ changes: { from: 0, to: shown?.length ?? 0, insert: value } });
  }, [value]);
  return <div ref={host} className="json-editor" />;
}
