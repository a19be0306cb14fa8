// The editor in the colours of the page.

import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '13px', height: '100%' },
  '.cm-gutters': { color: 'var(--text-muted)', backgroundColor: 'var(--surface-sunken)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--surface-hover)' },
  '&.cm-focused': { outline: '2px solid var(--focus)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-tooltip': { color: 'var(--text)', backgroundColor: 'var(--surface)', borderColor: 'var(--border)' },
  '.cm-diagnostic': { maxWidth: '28rem' },
  '.cm-panels': { color: 'var(--text)', backgroundColor: 'var(--surface-sunken)' },
  '.cm-content': { fontFamily: 'var(--font-mono)' },
});

/** Colours of the page, which are readable on its surfaces. */
const highlights = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--text)' },
  { tag: tags.string, color: 'var(--accent-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--good)' },
]);

export const editorLook = [theme, syntaxHighlighting(highlights)];
