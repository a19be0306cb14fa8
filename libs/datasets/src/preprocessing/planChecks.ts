// What a plan says before it is fitted: whether the columns suit it, and the shapes that it leads to.

import {
  GradstreamError,
  type FeaturePlan,
  type FeatureType,
  type PreprocessingPlan,
  type ProblemItem,
  type ShardColumn,
} from '@gradstream/contracts';

/** Types of column that can be encoded in each way. */
const suits: Readonly<Record<FeaturePlan['kind'], readonly FeatureType[]>> = {
  numeric: ['numeric', 'timestamp'],
  oneHot: ['categorical', 'numeric'],
  label: ['categorical', 'numeric'],
  tokens: ['text', 'categorical'],
  image: ['image'],
  array: ['array'],
};

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
  if (suits[kind].includes(column.type)) return [];
  const message = `column "${name}" is ${column.type}, which ${kind} cannot encode`;
  return [problem(pointer, message, `It takes ${suits[kind].join(' or ')}`)];
}

/** Shape of one row; null stands for an axis whose length depends on the training rows. */
export type PlannedShape = readonly (number | null)[];

/** Categories of a column, and what stands in for a missing one where that is none of them. */
function countCategories(
  missing: Extract<FeaturePlan, { kind: 'oneHot' }>['missing'],
  categories: readonly string[] | null,
): number | null {
  if (categories === null) return null;
  const isNew = typeof missing === 'object' && !categories.includes(missing.constant);
  return categories.length + (isNew ? 1 : 0);
}

function shapeOfPlan({ plan, column }: Feature): PlannedShape {
  switch (plan.kind) {
    case 'numeric':
    case 'label':
      return [1];
    case 'oneHot':
      return [plan.categories === 'all' ? countCategories(plan.missing, column?.categories ?? null) : null];
    case 'tokens':
      return [plan.maxLength];
    case 'image': {
      const [height = 1, width = 1, channels = 1] = column?.shape ?? [];
      return [plan.height ?? height, plan.width ?? width, channels];
    }
    case 'array':
      return column?.shape ?? [];
  }
}

const product = (shape: PlannedShape): number | null =>
  shape.reduce<number | null>((all, one) => (all === null || one === null ? null : all * one), 1);

export interface PlannedShapes {
  readonly inputs: readonly PlannedShape[];
  readonly target: PlannedShape | null;
}

/**
 * Checks a plan against the columns of an index, and says which shapes it leads to. Throws RUN_INVALID with a pointer to
 * each feature that does not suit.
 */
export function checkPlan(columns: readonly ShardColumn[], plan: PreprocessingPlan): PlannedShapes {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const featureOf = (one: FeaturePlan, pointer: string): Feature => ({
    plan: one,
    pointer,
    column: byName.get(one.column),
  });
  const inputs = plan.inputs.map(({ features }, input) =>
    features.map((one, index) => featureOf(one, `/inputs/${input}/features/${index}`)),
  );
  const targets = (plan.target === null ? [] : [plan.target].flat()).map((one) => featureOf(one, '/target'));
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
  const shapeOfInput = (features: readonly Feature[]): PlannedShape => {
    const shapes = features.map(shapeOfPlan);
    if (shapes.length === 1) return shapes[0] ?? [];
    const widths = shapes.map(product);
    return [widths.reduce((sum, width) => (sum === null || width === null ? null : sum + width), 0)];
  };
  const [first, ...more] = targets;
  const isSingle = more.length === 0 && (first?.plan.kind === 'numeric' || first?.plan.kind === 'label');
  return {
    inputs: inputs.map(shapeOfInput),
    target: first === undefined ? null : isSingle ? [] : shapeOfInput(targets),
  };
}
