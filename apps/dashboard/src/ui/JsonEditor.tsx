import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { useEffect, useEffectEvent, useImperativeHandle, useRef, type ReactNode, type Ref } from 'react';
import { editorCompletion, type CompletionBasis } from './json/editorCompletion.js';
import { editorLook } from './json/editorLook.js';
import { editorMarks, setFindings } from './json/editorMarks.js';
import { placeOfFinding, type Finding } from './json/marks.js';
import { textChange } from './json/textChange.js';
import type { Problem } from './messages.js';
import './jsonEditor.css';

export interface JsonEditorHandle {
  /** Scrolls to the place of a problem, and puts the cursor there. */
  readonly show: (problem: Problem) => void;
}

interface JsonEditorProps {
  readonly label: string;
  readonly value: string;
  /** What is suggested; nothing while it is null. */
  readonly basis: CompletionBasis | null;
  /** What is marked; pointers are into the text. */
  readonly findings: readonly Finding[];
  readonly onChange: (value: string) => void;
  readonly ref?: Ref<JsonEditorHandle>;
}

/**
 * An editor of JSON with completion and marks. It lives in a shadow root: there CodeMirror's styles are constructed sheets,
 * which the page's policy allows. Tab leaves it.
 */
export function JsonEditor({ label, value, basis, findings, onChange, ref }: JsonEditorProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const changed = useEffectEvent((text: string) => onChange(text));
  const initial = useEffectEvent(() => value);
  const basisOf = useEffectEvent(() => basis);
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
          editorMarks,
          editorCompletion(() => basisOf()),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
          editorLook,
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
    if (view && shown !== undefined && shown !== value) view.dispatch({ changes: textChange(shown, value) });
  }, [value]);
  useEffect(() => {
    editor.current?.dispatch({ effects: setFindings.of(findings) });
  }, [findings]);
  useImperativeHandle(ref, () => ({
    show: (problem) => {
      const view = editor.current;
      const place = view && placeOfFinding(view.state.doc.toString(), problem);
      if (!view || !place) return;
      host.current?.scrollIntoView({ block: 'nearest' });
      const effects = EditorView.scrollIntoView(place.from, { y: 'center' });
      view.dispatch({ selection: { anchor: place.from, head: place.to }, effects });
      view.focus();
    },
  }));
  return <div ref={host} className="json-editor" />;
}
