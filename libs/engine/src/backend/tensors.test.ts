import { beforeAll, describe, expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import { DataType } from '../native/dataTypes.js';
import { codeOf, useEngine, wave } from '../testing.js';
import { typeAttribute } from '../native/attributes.js';

const engine = useEngine();

beforeAll(() => {
  engine().tf.env().set('PROD', true); // The CPU backend would recommend another one.
});

const toInt32 = [typeAttribute('SrcT', DataType.TF_INT64), typeAttribute('DstT', DataType.TF_INT32)];

describe('64-bit integers', () => {
  test("tfjs-node's scalars do not leak their upload", () => {
    const { Int64Scalar } = createRequire(import.meta.url)(
      '@tensorflow/tfjs-node-gpu/dist/int64_tensors.js',
    ) as { Int64Scalar: new (value: number) => TensorInfo };
    const { backend } = engine().runtime;
    const before = engine().liveTensors();
    const read = [0, 7, -5, 2 ** 31 - 2, -(2 ** 31) + 1].map((value) => {
      const cast = backend.executeSingleOutput('Cast', toInt32, [new Int64Scalar(value)]);
      const [number] = cast.dataSync();
      cast.dispose();
      return number;
    });
    expect(read).toEqual([0, 7, -5, 2 ** 31 - 2, -(2 ** 31) + 1]);
    expect(engine().liveTensors()).toBe(before);
  });

  test('pairs of a low and a high half are one number each', () => {
    const { binding } = engine().runtime;
    const numbers = [1n, -1n, 2n ** 40n + 5n, -(2n ** 33n)];
    const pairs = new Int32Array(BigInt64Array.from(numbers).buffer);
    const ids = [
      binding.createTensor([4], DataType.TF_INT64, pairs),
      binding.createTensor([4], DataType.TF_INT64, BigInt64Array.from(numbers)),
      binding.createTensor([3], DataType.TF_INT64, Int32Array.of(1, -2, 3)),
    ];
    expect(ids.map((id) => binding.tensorDataSync(id))).toEqual([
      BigInt64Array.from(numbers),
      BigInt64Array.from(numbers),
      BigInt64Array.of(1n, -2n, 3n),
    ]);
    for (const id of ids) binding.deleteTensor(id);
  });

  test('an op that gives them gives int32 to tfjs, and other ops can go on with it', () => {
    const { tf, runtime } = engine();
    const where = runtime.run('Where', [], [tf.tensor2d([1, 0, 0, 1], [2, 2], 'bool')]);
    expect([where.dtype, where.shape]).toEqual(['int32', [2, 2]]);
    expect(Array.from(where.add(tf.scalar(10, 'int32')).dataSync())).toEqual([10, 10, 11, 11]);
  });
});

describe('strings', () => {
  const texts = ['', 'a', 'x'.repeat(22), 'y'.repeat(23), 'z'.repeat(5000), 'größer', '学習'];

  test('of any length come back, also twice and after an op', () => {
    const { tf } = engine();
    const tensor = tf.tensor1d(texts, 'string');
    expect(tensor.dataSync<'string'>()).toEqual(texts);
    expect(tensor.reshape([7, 1]).dataSync<'string'>()).toEqual(texts);
    expect(tensor.dataSync<'string'>()).toEqual(texts);
    expect(tensor.arraySync()).toEqual(texts);
  });

  test('pass through a captured step, as inputs and as constants', () => {
    const { tf } = engine();
    const suffix = tf.tensor1d(['a constant that is longer than a slot of a string'], 'string');
    const step = engine().capture((x) => [tf.concat([x, suffix])]);
    const [joined] = step.run(tf.tensor1d(texts, 'string'));
    expect(joined?.dataSync<'string'>()).toEqual([...texts, ...suffix.dataSync<'string'>()]);
    step.dispose();
  });

  test('20,000 of 200 bytes, 20 times, leave the memory as it was', () => {
    const { binding } = engine().runtime;
    const values = Array.from({ length: 20_000 }, (_, i) => Buffer.from(`${i} `.padEnd(200, '.')));
    const upload = (): void => {
      const id = binding.createTensor([values.length], DataType.TF_STRING, values);
      const [output] = binding.executeOp('Identity', [typeAttribute('T', DataType.TF_STRING)], [id], 1);
      binding.deleteTensor(id);
      if (output) binding.deleteTensor(output.id);
    };
    for (let i = 0; i < 5; i++) upload();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 20; i++) upload();
    // Were they lost, it would be 80 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(30e6);
  });
});

describe('tensors of other kinds', () => {
  test('complex numbers come from another backend as they are', () => {
    const { tf } = engine();
    void tf.setBackend('cpu');
    const made = tf.complex([1, 2], [3, 4]);
    const numbers = tf.tensor1d([5, 6]);
    void tf.setBackend('tensorflow');
    expect(Array.from(tf.mul(made, made).dataSync())).toEqual([-8, 6, -12, 16]); // (1+3i)^2, (2+4i)^2
    expect(Array.from(numbers.add(1).dataSync())).toEqual([6, 7]);
  });

  test('a Fourier transform and its inverse give the numbers back', () => {
    const { tf } = engine();
    const z = tf.complex(wave(12), wave(12, 2));
    const back = Array.from(tf.ifft(tf.fft(z)).dataSync());
    Array.from(z.dataSync()).forEach((value, index) => {
      expect(back[index]).toBeCloseTo(value, 5);
    });
  });

  test.each([
    [[0], 'float32'],
    [[0, 3], 'int32'],
    [[2, 0, 4], 'bool'],
    [[0], 'string'],
    [[3, 0], 'complex64'],
  ] as const)('of no elements, %j of %s', (shape, dtype) => {
    const { tf } = engine();
    const none =
      dtype === 'complex64'
        ? tf.complex(tf.zeros([...shape]), tf.zeros([...shape]))
        : tf.tensor([], [...shape], dtype);
    const joined = tf.concat([none, none.clone()]);
    expect([joined.dtype, joined.size]).toEqual([dtype, 0]);
    expect(Array.from(joined.dataSync())).toEqual([]);
    const step = engine().capture((x) => [tf.concat([x, x])]);
    expect(step.run(none)[0]?.shape).toEqual(joined.shape);
    step.dispose();
  });

  test('that tfjs has no type for are refused, and freed', () => {
    const { tf, runtime } = engine();
    const toHalf = [typeAttribute('SrcT', DataType.TF_FLOAT), typeAttribute('DstT', DataType.TF_HALF)];
    expect(codeOf(() => runtime.run('Cast', toHalf, [tf.ones([2])]))).toBe('NOT_SUPPORTED');
  });

  test('as constants of a step keep the sign of zero, and may be all NaN', () => {
    const { tf } = engine();
    const frozen = (value: (index: number) => number) =>
      tf.tensor1d(Array.from({ length: 100 }, (_, i) => value(i)));
    const step = (constant: Tensor) => engine().capture((x) => [x.mul(constant)]);
    const zeros = step(frozen((i) => (i % 2 ? -0 : 0)));
    expect(codeOf(() => zeros.run(tf.ones([100])))).toBe('LARGE_CONSTANT');
    const broken = step(frozen(() => Number.NaN));
    expect([...(broken.run(tf.ones([100]))[0]?.dataSync() ?? [])].every(Number.isNaN)).toBe(true);
    zeros.dispose();
    broken.dispose();
  });

  test('booleans are bytes of 0 and 1', () => {
    const { tf } = engine();
    const flags = tf.tensor1d([true, false, true], 'bool');
    expect(Array.from(tf.logicalNot(flags).dataSync())).toEqual([0, 1, 0]);
    expect(Array.from(flags.cast('float32').dataSync())).toEqual([1, 0, 1]);
  });
});

describe("tfjs's account of tensors", () => {
  test('tidy, keep and dispose free what they say', () => {
    const { tf } = engine();
    const before = { tfjs: tf.memory().numTensors, held: engine().liveTensors() };
    const kept: Tensor[] = [];
    const result = tf.tidy(() => {
      const x = tf.tensor1d(wave(1000)).square();
      kept.push(tf.keep(x.mul(2)));
      return x.sum();
    });
    expect(tf.memory().numTensors - before.tfjs).toBe(2);
    expect(engine().liveTensors() - before.held).toBe(2);
    expect(result.dataSync()).toEqual(result.dataSync());
    tf.dispose([result, ...kept]);
    expect({ tfjs: tf.memory().numTensors, held: engine().liveTensors() }).toEqual(before);
  });

  test('memory counts bytes, and its counts are exact', async () => {
    const { tf } = engine();
    const { numBytes } = tf.memory();
    const x = tf.ones([10, 10]);
    expect(tf.memory()).toMatchObject({ unreliable: false, numBytes: numBytes + 400 });
    expect((await x.data())[99]).toBe(1);
    const copy = x.clone();
    x.dispose();
    expect(copy.dataSync()[99]).toBe(1);
    copy.dispose();
    expect(tf.memory().numBytes).toBe(numBytes);
  });

  test('an error inside of tidy frees what was made before it', () => {
    const { tf } = engine();
    const before = [tf.memory().numTensors, engine().liveTensors()];
    const fail = (): Tensor =>
      tf.tidy(() =>
        tf
          .ones([2])
          .add(1)
          .add(tf.ones([3])),
      );
    expect(fail).toThrow(/Incompatible shapes/);
    expect([tf.memory().numTensors, engine().liveTensors()]).toEqual(before);
  });
});
