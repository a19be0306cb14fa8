// What a fork changes, out of its form; and where in the form the server's problems belong.

import type { ForkRun, RunSpec } from '@gradstream/sdk';
import type { Problem } from '../../../ui/messages.js';

export type ForkField = 'name' | 'learningRate' | 'length' | 'more';

/** As it is typed. */
export type ForkForm = Readonly<Record<ForkField, string>>;

export type Changes = ForkRun['changes'];

export type ForkErrors = Partial<Record<ForkField, string>>;

/** Whether a run ends by steps or by epochs. */
export const lengthName = (spec: Pick<RunSpec, 'steps'>): 'steps' | 'epochs' =>
  spec.steps === null ? 'epochs' : 'steps';

/** The form before anything was typed: the settings as they are. */
export function formOf(name: string, spec: Pick<RunSpec, 'optimizer' | 'steps' | 'epochs'>): ForkForm {
  return {
    name: `${name.slice(0, 190)} fork`,
    learningRate: String(spec.optimizer.learningRate),
    length: String(spec.steps ?? spec.epochs),
    more: '',
  };
}

/** Other settings, as JSON; text where it is none. */
function parseMore(text: string): Changes | string {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `is not valid JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Changes;
  return 'has to be an object, such as {"clip": {"globalNorm": 1}}';
}

const isPositive = (text: string): boolean => text.trim() !== '' && Number(text) > 0;

/**
 * What the form changes of a spec, or what is wrong with it. The form's own fields and JSON may not both say a setting. A
 * fork that begins at the end of its run (`isAtEnd`) has to be longer: else it would be over at once.
 */
export function changesOf(
  form: ForkForm,
  spec: Pick<RunSpec, 'optimizer' | 'steps' | 'epochs'>,
  isAtEnd = false,
): { readonly changes: Changes } | { readonly errors: ForkErrors } {
  const more = parseMore(form.more);
  const length = lengthName(spec);
  const errors: ForkErrors = {
    ...(isPositive(form.learningRate) ? {} : { learningRate: 'has to be a number above 0' }),
    ...(isPositive(form.length) && Number.isInteger(Number(form.length))
      ? {}
      : { length: 'has to be a whole number above 0' }),
    ...(typeof more === 'string' ? { more } : {}),
  };
  if (typeof more === 'string' || Object.keys(errors).length > 0) return { errors };
  const own: Changes = {
    name: form.name,
    ...(Number(form.learningRate) === spec.optimizer.learningRate
      ? {}
      : { optimizer: { ...spec.optimizer, learningRate: Number(form.learningRate) } }),
    ...(Number(form.length) === (spec.steps ?? spec.epochs) ? {} : { [length]: Number(form.length) }),
  };
  if (isAtEnd && Number(form.length) <= (spec.steps ?? spec.epochs)) {
    const length = `has to be more than ${spec.steps ?? spec.epochs}: the run had reached its end there`;
    return { errors: { length } };
  }
  const twice = Object.keys(more).filter((key) => Object.hasOwn(own, key));
  if (twice.length > 0)
    return { errors: { more: `says ${twice.join(', ')}, which the fields above say, too` } };
  return { changes: { ...own, ...more } };
}

/** The field that a problem is about. */
function fieldOf(pointer: string | null): ForkField {
  if (pointer === '/changes/name') return 'name';
  if (pointer === '/changes/optimizer/learningRate') return 'learningRate';
  return pointer === '/changes/epochs' || pointer === '/changes/steps' ? 'length' : 'more';
}

const says = ({ message, hint }: Problem): string => (hint === null ? message : `${message}. ${hint}`);

/** Problems at their fields; those of none of the form's own, as they are. */
export function placed(problems: readonly Problem[]): { errors: ForkErrors; others: readonly Problem[] } {
  const errors: ForkErrors = {};
  const others: Problem[] = [];
  for (const problem of problems) {
    const field = fieldOf(problem.pointer);
    if (field === 'more') others.push(problem);
    else errors[field] = errors[field] === undefined ? says(problem) : `${errors[field]}; ${says(problem)}`;
  }
  return { errors, others };
}
