import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs';
import type { Engine } from '../engine.js';
import { EngineError, type EngineErrorCode } from '../errors.js';
import { codeOf, useEngine } from '../testing.js';
import { stringAttribute } from './runtime.js';

const engine = useEngine();

interface BadInput {
  readonly name: string;
  readonly code: EngineErrorCode;
  readonly op: string;
  /** What the message says of it. */
  readonly says: RegExp;
  run(engine: Engine, x: Tensor): Tensor;
}

/** Each on a float32 tensor of shape [2, 2]. */
const CASES: readonly BadInput[] = [
  {
    name: 'shapes that do not fit',
    ...({
      code: 'INVALID_ARGUMENT',
      op: 'Add',
      says: /Incompatible shapes|Dimensions must be equal/,
    } as const),
    run: ({ tf }, x) => tf.add(x, tf.ones([3])),
  },
  {
    name: 'types that do not fit',
    ...({ code: 'INVALID_ARGUMENT', op: 'MatMul', says: /int32|INT32/ } as const),
    run: ({ tf, runtime }, x) =>
      runtime.run('MatMul', [runtime.typeAttribute('T', 'float32')], [x, tf.cast(x, 'int32')]),
  },
  {
    name: 'a type that the op does not know',
    ...({ code: 'INVALID_ARGUMENT', op: 'Log', says: /bool.*is not in the list of allowed values/ } as const),
    run: ({ tf, runtime }, x) =>
      runtime.run('Log', [runtime.typeAttribute('T', 'bool')], [tf.cast(x, 'bool')]),
  },
  {
    name: 'a disposed tensor',
    ...({
      code: 'TENSOR_DISPOSED',
      op: 'Relu',
      says: /Relu: a tensor was used after it was disposed/,
    } as const),
    run: ({ tf }) => {
      const gone = tf.ones([2]);
      gone.dispose();
      return tf.relu(gone);
    },
  },
  {
    name: 'a clone of a disposed tensor',
    ...({ code: 'TENSOR_DISPOSED', op: 'Identity', says: /disposed/ } as const),
    run: ({ tf }) => {
      const gone = tf.ones([2]);
      gone.dispose();
      return tf.clone(gone);
    },
  },
  {
    name: 'an unknown op',
    ...({ code: 'NOT_SUPPORTED', op: 'NoSuchOp', says: /NoSuchOp/ } as const),
    run: ({ runtime }, x) => runtime.run('NoSuchOp', [], [x]),
  },
  {
    name: 'a missing attribute',
    ...({ code: 'INVALID_ARGUMENT', op: 'Cast', says: /attr.*DstT/ } as const),
    run: ({ runtime }, x) => runtime.run('Cast', [runtime.typeAttribute('SrcT', 'float32')], [x]),
  },
  {
    name: 'an attribute of another kind',
    ...({ code: 'INVALID_ARGUMENT', op: 'LeakyRelu', says: /'string' when 'float' expected/ } as const),
    run: ({ runtime }, x) =>
      runtime.run(
        'LeakyRelu',
        [runtime.typeAttribute('T', 'float32'), stringAttribute('alpha', 'steep')],
        [x],
      ),
  },
  {
    name: 'too few inputs',
    ...({ code: 'INVALID_ARGUMENT', op: 'MatMul', says: /2/ } as const),
    run: ({ runtime }, x) => runtime.run('MatMul', [runtime.typeAttribute('T', 'float32')], [x]),
  },
  {
    name: 'too many inputs',
    ...({ code: 'INVALID_ARGUMENT', op: 'Relu', says: /2/ } as const),
    run: ({ runtime }, x) => runtime.run('Relu', [runtime.typeAttribute('T', 'float32')], [x, x]),
  },
];

function caught(work: () => unknown): EngineError {
  try {
    work();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error('no error');
}

/** Whether ops still run, one by one and captured. */
function expectUsable({ tf, capture }: { tf: Engine['tf']; capture: Engine['capture'] }): void {
  expect(tf.tidy(() => Array.from(tf.add([1, 2], [3, 4]).dataSync()))).toEqual([4, 6]);
  const step = capture((x) => [tf.square(x)]);
  const input = tf.tensor1d([3, 4]);
  const [output] = step.run(input);
  expect(Array.from(output?.dataSync() ?? [])).toEqual([9, 16]);
  tf.dispose([input, ...(output ? [output] : [])]);
  step.dispose();
}

const usable = (): void => {
  expectUsable({ tf: engine().tf, capture: (step) => engine().capture(step) });
};

describe('a mistake in a call of an op', () => {
  test.each(CASES.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    const { tf } = engine();
    const x = tf.ones([2, 2]);
    const error = caught(() => tf.tidy(() => entry.run(engine(), x)));
    expect({ code: error.code, op: error.op }).toEqual({ code: entry.code, op: entry.op });
    expect(error.message).toMatch(entry.says);
    usable();
  });

  test.each(CASES.map((entry) => [entry.name, entry] as const))('%s, while captured', (_, entry) => {
    const { tf } = engine();
    const step = engine().capture((x) => engine().scope('dense_1', () => [entry.run(engine(), x)]));
    const error = caught(() => step.run(tf.ones([2, 2])));
    expect({ code: error.code, op: error.op }).toEqual({ code: entry.code, op: entry.op });
    expect(error.layer).toBe('dense_1');
    expect(error.message).toMatch(entry.says);
    step.dispose();
    usable();
  });

  test('an index that is not there is found when the op runs', () => {
    const { tf } = engine();
    const [x, at] = [tf.ones([2, 2]), tf.tensor1d([0, 5], 'int32')];
    expect(caught(() => tf.gather(x, at)).message).toMatch(/indices\[1\] = 5 is not in \[0, 2\)/);
    const step = engine().capture((rows, index) => [tf.gather(rows, index)]);
    const error = caught(() => step.run(x, at));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.message).toMatch(/indices\[1\] = 5 is not in \[0, 2\)/);
    step.dispose();
    usable();
  });

  test('host values that do not make a tensor', () => {
    const { binding } = engine().runtime;
    const { TF_FLOAT, TF_INT32, TF_STRING } = { TF_FLOAT: 1, TF_INT32: 3, TF_STRING: 7 };
    const bad: readonly (() => unknown)[] = [
      () => binding.createTensor([3], TF_FLOAT, new Float32Array(2)),
      () => binding.createTensor([2], TF_INT32, new Float32Array(2)),
      () => binding.createTensor([2], TF_STRING, [new Uint8Array(1)]),
      () => binding.createTensor([1], TF_FLOAT, [new Uint8Array(4)]),
    ];
    expect(bad.map(codeOf)).toEqual(bad.map(() => 'BAD_HOST_VALUES'));
    usable();
  });

  test("values that depend on data cannot have a captured shape: tfjs's where", async () => {
    const { tf, runtime } = engine();
    const flags = tf.tensor1d([1, 0, 1], 'bool');
    const found = await tf.whereAsync(flags);
    expect([found.dtype, Array.from(found.dataSync())]).toEqual(['int32', [0, 2]]);
    found.dispose();
    const step = engine().capture((x) => [runtime.run('Where', [], [x])]);
    expect(codeOf(() => step.run(flags))).toBe('UNKNOWN_SHAPE');
    step.dispose();
    usable();
  });
});
