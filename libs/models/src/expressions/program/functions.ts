// The closed list of functions: what each takes, and what it becomes.

import type { ElementwiseOp } from './elementwise.js';
import type { NormalizationOp, Operation, ReductionOp, ReshapeLength } from './steps.js';

/** Settings of a call as they were given; the resolver has checked their types. */
export interface Settings {
  readonly axes: readonly number[] | null;
  readonly axis: number;
  readonly keepdims: boolean;
  readonly approximate: boolean;
  readonly lengths: readonly ReshapeLength[];
}

export type SettingType = 'axes' | 'axis' | 'flag' | 'lengths';

export interface FormulaFunction {
  /** How it is written, for messages. */
  readonly usage: string;
  readonly operands: readonly [least: number, most: number];
  /** By the name in a formula: the field of Settings, and its type. */
  readonly settings?: Readonly<Record<string, readonly [field: keyof Settings, type: SettingType]>>;
  /** The setting that may be given without its name, as a list in brackets. */
  readonly listSetting?: string;
  /** Whether that setting must be given. */
  readonly listRequired?: boolean;
  readonly build: (inputs: readonly number[], settings: Settings) => Operation;
}

const first = ([input = 0]: readonly number[]): [number] => [input];

const pointwise = (op: ElementwiseOp, usage: string, count: number): FormulaFunction => ({
  usage,
  operands: [count, count],
  build: (inputs) => ({ kind: 'elementwise', op, inputs }),
});
const unary = (name: ElementwiseOp): [string, FormulaFunction] => [name, pointwise(name, `${name}(x)`, 1)];

const reductionSettings = { axis: ['axes', 'axes'], keepdims: ['keepdims', 'flag'] } as const;
const reduction = (op: ReductionOp): FormulaFunction => ({
  usage: `${op}(x, axis=-1, keepdims=true)`,
  operands: [1, 1],
  settings: reductionSettings,
  build: (inputs, { axes, keepdims }) => ({ kind: 'reduction', op, axes, keepdims, inputs: first(inputs) }),
});
/** max and min: of two, element by element; of one, over its axes. */
const extreme = (op: 'max' | 'min'): FormulaFunction => {
  const reduce = reduction(op);
  const operation = op === 'max' ? 'maximum' : 'minimum';
  return {
    ...reduce,
    usage: `${op}(a, b) or ${reduce.usage}`,
    operands: [1, 2],
    build: (inputs, settings) =>
      inputs.length === 2 ? { kind: 'elementwise', op: operation, inputs } : reduce.build(inputs, settings),
  };
};
const normalization = (op: NormalizationOp): [string, FormulaFunction] => [
  op,
  {
    usage: `${op}(x, axis=-1)`,
    operands: [1, 1],
    settings: { axis: ['axis', 'axis'] },
    build: (inputs, { axis }) => ({ kind: 'normalization', op, axis, inputs: first(inputs) }),
  },
];

const unaryNames = [
  'exp',
  'log',
  'log1p',
  'expm1',
  'sqrt',
  'rsqrt',
  'square',
  'abs',
  'sign',
  'sin',
  'cos',
  'tan',
  'tanh',
  'sigmoid',
  'softplus',
  'relu',
  'relu6',
  'silu',
  'erf',
  'floor',
  'round',
  'ceil',
] as const;

export const functions: ReadonlyMap<string, FormulaFunction> = new Map<string, FormulaFunction>([
  ...unaryNames.map(unary),
  ['pow', pointwise('pow', 'pow(x, y)', 2)],
  ['clip', pointwise('clip', 'clip(x, low, high)', 3)],
  ['where', pointwise('where', 'where(condition, a, b)', 3)],
  ['straightThrough', pointwise('straightThrough', 'straightThrough(value, x)', 2)],
  [
    'gelu',
    {
      usage: 'gelu(x, approximate=false)',
      operands: [1, 1],
      settings: { approximate: ['approximate', 'flag'] },
      build: (inputs, { approximate }) => ({
        kind: 'elementwise',
        op: approximate ? 'geluTanh' : 'gelu',
        inputs,
      }),
    },
  ],
  ['sum', reduction('sum')],
  ['mean', reduction('mean')],
  ['variance', reduction('variance')],
  ['max', extreme('max')],
  ['min', extreme('min')],
  normalization('softmax'),
  normalization('logSoftmax'),
  normalization('l2Normalize'),
  [
    'matmul',
    {
      usage: 'matmul(a, b)',
      operands: [2, 2],
      build: ([a = 0, b = 0]) => ({ kind: 'matmul', inputs: [a, b] }),
    },
  ],
  [
    'transpose',
    {
      usage: 'transpose(x) or transpose(x, axes=[0, 2, 1])',
      operands: [1, 1],
      settings: { axes: ['axes', 'axes'] },
      listSetting: 'axes',
      build: (inputs, { axes }) => ({ kind: 'transpose', axes, inputs: first(inputs) }),
    },
  ],
  [
    'reshape',
    {
      usage: 'reshape(x, [4, -1])',
      operands: [1, 1],
      settings: { shape: ['lengths', 'lengths'] },
      listSetting: 'shape',
      listRequired: true,
      build: (inputs, { lengths }) => ({ kind: 'reshape', shape: lengths, inputs: first(inputs) }),
    },
  ],
  [
    'concat',
    {
      usage: 'concat(a, b, axis=-1)',
      operands: [2, 16],
      settings: { axis: ['axis', 'axis'] },
      build: (inputs, { axis }) => ({ kind: 'concat', axis, inputs }),
    },
  ],
]);

/** Numbers that have a name. */
export const constants: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);
