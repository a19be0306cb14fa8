// Findings in the editor: underlined, with a sign beside the line; F8 goes from one to the next.

import { jsonParseLinter } from '@codemirror/lang-json';
import { linter, lintGutter } from '@codemirror/lint';
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { marksOf, type Finding } from './marks.js';

/** Replaces what is marked. */
export const setFindings = StateEffect.define<readonly Finding[]>();

const findings = StateField.define<readonly Finding[]>({
  create: () => [],
  update: (held, { effects }) =>
    effects.reduce((last, effect) => (effect.is(setFindings) ? effect.value : last), held),
});

const parse = jsonParseLinter();

/** Marks of what is no JSON, and of findings. */
export const editorMarks: Extension = [
  findings,
  linter((view) => [...parse(view), ...marksOf(view.state.doc.toString(), view.state.field(findings))], {
    delay: 300,
    needsRefresh: ({ startState, state }) => startState.field(findings) !== state.field(findings),
  }),
  lintGutter(),
];
