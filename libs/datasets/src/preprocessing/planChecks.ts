// Whether the columns of a dataset suit a plan, before it is fitted.

import {
  GradstreamError,
  type FeaturePlan,
  type PreprocessingPlan,
  type ProblemItem,
  type ShardColumn,
} from '@gradstream/contracts';
import { takenBy } from './plan.js';

/** Features that have a shape of their own, and cannot be joined to others in one vector. */
const alone: readonly FeaturePlan['kind'][] = ['tokens', 'image'];

const problem = (pointer: string, message: string, hint: string): ProblemItem => ({
  pointer,
  code: 'preprocessing',
  message,
  hint,
});

/** RUN_INVALID with all that is wrong. */
export function invalidPlan(problems: readonly ProblemItem[]): GradstreamError {
  const [first] = problems;
  const more = problems.length > 1 ? ` ${problems.length - 1} more are listed.` : '';
  const detail = `${first?.pointer ?? ''}: ${first?.message ?? ''}. ${first?.hint ?? ''}.${more}`;
  return new GradstreamError('RUN_INVALID', detail, { errors: problems });
}

/** RUN_INVALID with a pointer into the plan. */
export const invalid = (pointer: string, message: string, hint: string): GradstreamError =>
  invalidPlan([problem(pointer, message, hint)]);

interface Feature {
  readonly plan: FeaturePlan;
  readonly pointer: string;
  readonly column: ShardColumn | undefined;
}

function problemOf({ plan: { kind, column: name }, pointer, column }: Feature): ProblemItem[] {
  if (column === undefined)
    return [problem(pointer, `the dataset has no column "${name}"`, 'Check its name')];
  if (takenBy[kind].includes(column.type)) return [];
  const message = `column "${name}" is ${column.type}, which ${kind} cannot encode`;
  return [problem(pointer, message, `It takes ${takenBy[kind].join(' or ')}`)];
}

/** Checks a plan against the columns of an index. Throws RUN_INVALID with a pointer to each feature that does not suit. */
export function checkPlan(columns: readonly ShardColumn[], plan: PreprocessingPlan): void {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const featureOf = (one: FeaturePlan, pointer: string): Feature => ({
    plan: one,
    pointer,
    column: byName.get(one.column),
  });
  const inputs = plan.inputs.map(({ features }, input) =>
    features.map((one, index) => featureOf(one, `/inputs/${input}/features/${index}`)),
  );
  const targets = plan.targets.flatMap((features, output) =>
    features.map((one) => featureOf(one, `/targets/${output}`)),
  );
  const problems = [...inputs.flat(), ...targets].flatMap(problemOf);
  for (const features of inputs.filter(({ length }) => length > 1))
    for (const { plan: one, pointer } of features)
      if (alone.includes(one.kind))
        problems.push(
          problem(
            pointer,
            'tokens and images cannot be joined to other columns',
            'Give them an input of their own',
          ),
        );
  if (problems.length > 0) throw invalidPlan(problems);
}
