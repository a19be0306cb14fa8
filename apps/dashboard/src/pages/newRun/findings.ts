// What the server finds wrong with a run, by the part of the page that it is about.

import { toProblems } from '../../ui/messages.js';
import type { Finding } from '../../ui/json/marks.js';

export type Part = 'dataset' | 'model' | 'settings';

/** A finding as the list has it, with where it is: in which part, and at which pointer there. */
export interface PlacedFinding extends Finding {
  readonly part: Part;
  readonly inner: string;
}

type Told = Parameters<typeof toProblems>[0];

/** The part that a pointer into a run is about, and the pointer within it. */
function placed(pointer: string): { readonly part: Part; readonly inner: string } {
  if (pointer === '/dataset') return { part: 'dataset', inner: '' };
  if (pointer === '/model' || pointer.startsWith('/model/'))
    return { part: 'model', inner: pointer.slice(6) };
  return { part: 'settings', inner: pointer };
}

/** What a verdict on a run tells, errors first. */
export function findingsOf(problems: Told, warnings: Told): readonly PlacedFinding[] {
  const toFindings = (told: Told, severity: Finding['severity']): PlacedFinding[] =>
    toProblems(told).map((problem) => ({ ...problem, severity, ...placed(problem.pointer ?? '') }));
  return [...toFindings(problems, 'error'), ...toFindings(warnings, 'warning')];
}

const withPointer = ({ message, hint, severity, code }: Finding, pointer: string): Finding => ({
  ...{ pointer, message, hint, severity },
  ...(code === undefined ? {} : { code }),
});

/** Findings of one part, with pointers into that. */
export const findingsIn = (findings: readonly PlacedFinding[], part: Part): readonly Finding[] =>
  findings.filter((one) => one.part === part).map((one) => withPointer(one, one.inner));

/** What a verdict on a model tells, with pointers into the definition. */
export const modelFindings = (problems: Told, warnings: Told): readonly Finding[] =>
  findingsOf(problems, warnings).map((one) =>
    withPointer(one, (one.pointer ?? '').replace(/^\/definition/, '')),
  );

/** Findings of two verdicts, each once. */
export function joined(first: readonly Finding[], second: readonly Finding[]): readonly Finding[] {
  const isSaid = (one: Finding): boolean =>
    first.some(({ pointer, message }) => pointer === one.pointer && message === one.message);
  return [...first, ...second.filter((one) => !isSaid(one))];
}
