import { describe, expect, jest, test } from '@jest/globals';
import { EngineError } from '../errors.js';
import { useEngine, wave } from '../testing.js';

const engine = useEngine();
jest.setTimeout(60_000);

/** The error of some ops run one by one; the engine has to compute afterwards. */
function errorOf(work: () => unknown): EngineError {
  const { tf } = engine();
  try {
    work();
  } catch (error) {
    expect([...tf.tensor1d([1, 2, 3]).sum().dataSync()]).toEqual([6]);
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('mistakes op by op', () => {
  test('a tensor that does not fit into memory', () => {
    const { tf } = engine();
    const side = 2 ** 21; // Its square is 16 TiB of float32. TensorFlow tries for ten seconds.
    const step = engine().capture((x) => [tf.matMul(x, x, false, true).sum()]);
    expect(errorOf(() => step.run(tf.fill([side, 1], 1)))).toMatchObject({ code: 'OUT_OF_MEMORY' });
    expect([...(step.run(tf.fill([2, 1], 1))[0]?.dataSync() ?? [])]).toEqual([4]);
    step.dispose();
  });

  test('shapes and types that do not fit, with the op, its layer and the words of TensorFlow', () => {
    const { runtime, tf } = engine();
    const float = [runtime.typeAttribute('T', 'float32')];
    const [x, i] = [tf.tensor2d(wave(6), [2, 3]), tf.tensor1d([1, 2], 'int32')];
    const shapes = errorOf(() => engine().scope('dense_1', () => runtime.run('MatMul', float, [x, x])));
    expect(shapes).toMatchObject({ code: 'INVALID_ARGUMENT', op: 'MatMul', layer: 'dense_1' });
    expect(shapes.message).toMatch(/^dense_1: MatMul: Matrix size-incompatible.*\[2,3\]/);
    expect(errorOf(() => runtime.run('MatMul', float, [x, i]))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(errorOf(() => runtime.run('NoSuchOp', [], []))).toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  test('a tensor that was disposed', () => {
    const { runtime, tf } = engine();
    const x = tf.tensor1d([1, 2]);
    const id = runtime.id(x);
    x.dispose();
    expect(errorOf(() => runtime.binding.value(id))).toMatchObject({ code: 'TENSOR_DISPOSED' });
    expect(() => x.add(1)).toThrow(/disposed/); // tfjs itself says so.
  });
});
