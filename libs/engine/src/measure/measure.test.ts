import { expect, test } from '@jest/globals';
import { useEngine, wave } from '../testing.js';
import { nodeRuns, peakBytes } from './metadata.js';
import { residentPeak } from './resident.js';

const engine = useEngine();
const SIZE = 64;
const MATRIX_BYTES = 4 * SIZE * SIZE;

/** A step of three matrix products and one update. */
function products(xla = false) {
  const { tf } = engine();
  const weight = engine().variable(tf.tensor(wave(SIZE * SIZE), [SIZE, SIZE]));
  const x = tf.tensor(wave(SIZE * SIZE, 2), [SIZE, SIZE]);
  const step = engine().capture(
    (input) => {
      const [a, b] = engine().scope('products', () => [input.matMul(weight), weight.matMul(input)] as const);
      weight.assign(weight.mul(0.5));
      return [a.matMul(b)];
    },
    { executor: xla ? 'xla' : 'captured' },
  );
  return {
    step,
    x,
    weight,
    dispose: (): void => {
      step.dispose();
      weight.dispose();
    },
  };
}

test('the profile names the ops of a step, and the step keeps its variables', () => {
  const { step, x, weight, dispose } = products();
  const before = [...weight.dataSync()];
  const { ops, nodes, kernelMs } = engine().profile(step, [x], { runs: 3 });
  const multiplied = ops.filter(({ op }) => op.includes('MatMul'));
  expect(multiplied.map(({ count }) => count)).toEqual([3]);
  expect(nodes.filter(({ name, op }) => name.includes('products/') && op.includes('MatMul'))).toHaveLength(2);
  expect(ops.find(({ op }) => op === 'AssignVariableOp')?.count).toBe(1);
  expect(ops.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(ops.reduce((sum, { timeMs }) => sum + timeMs, 0)).toBeCloseTo(kernelMs, 9);
  expect(ops.every(({ timeMs }, index) => index === 0 || timeMs <= (ops[index - 1]?.timeMs ?? 0))).toBe(true);
  expect([...weight.dataSync()]).toEqual(before);
  dispose();
});

test('ops within a branch count once', () => {
  const { tf } = engine();
  const x = tf.tensor(wave(SIZE * SIZE), [SIZE, SIZE]);
  const step = engine().capture((input) => {
    const product = (): ReturnType<typeof input.matMul>[] => [input.matMul(input)];
    return engine().condition(input.sum().greater(-1e9), product, () => [input]);
  });
  const { ops } = engine().profile(step, [x], { runs: 2 });
  expect(ops.filter(({ op }) => op.includes('MatMul')).map(({ count }) => count)).toEqual([1]);
  expect(ops.some(({ op }) => op.endsWith('If') || op.endsWith('Call'))).toBe(false);
  step.dispose();
});

test('the peak of a step is that of the tensors that live together', () => {
  const { step, x, weight, dispose } = products();
  const before = [...weight.dataSync()];
  const measured = engine().measure(step, [x], { calls: 3 });
  // Both products live when the third begins; the new weight is one more, whichever op comes first.
  expect(measured.peakBytes).toBeGreaterThanOrEqual(3 * MATRIX_BYTES);
  expect(measured.peakBytes).toBeLessThan(5 * MATRIX_BYTES);
  expect(measured.calls).toBe(3);
  expect(measured.fastestMs).toBeLessThanOrEqual(measured.timeMs);
  expect(measured.timeMs).toBeLessThanOrEqual(measured.slowestMs);
  expect(measured.fastestMs).toBeGreaterThan(0);
  expect(measured.residentPeakBytes).toBeGreaterThanOrEqual(measured.residentBeforeBytes);
  expect([...weight.dataSync()]).toEqual(before);
  dispose();
});

test('a compiled step is measured as well; its tensors are not known one by one', () => {
  const { step, x, dispose } = products(true);
  const measured = engine().measure(step, [x], { calls: 2 });
  expect(measured.peakBytes).toBeNull();
  expect(measured.timeMs).toBeGreaterThan(0);
  expect(engine().profile(step, [x], { runs: 1 }).ops[0]?.op).toBe('StatefulPartitionedCall');
  dispose();
});

test('a step that fails is reported, and nothing is kept', () => {
  const { tf } = engine();
  const step = engine().capture((input) => {
    const { runtime } = engine();
    const types = [
      runtime.typeAttribute('Tparams', 'float32'),
      runtime.typeAttribute('Tindices', 'int32'),
      runtime.typeAttribute('Taxis', 'int32'),
    ];
    return [runtime.run('GatherV2', types, [tf.tensor1d([1, 2]), input, tf.scalar(0, 'int32')])];
  });
  const outside = tf.tensor1d([7], 'int32');
  expect(() => engine().measure(step, [outside])).toThrow('indices[0] = 7 is not in [0, 2)');
  step.dispose();
});

test('memory is the sum of the records, allocations first', () => {
  const run = (allocations: { micros: number; bytes: number }[]) => ({
    name: '',
    op: '',
    startMicros: 0,
    nanos: 0,
    allocations,
  });
  const runs = [
    run([
      { micros: 1, bytes: 100 },
      { micros: 5, bytes: -100 },
    ]),
    run([
      { micros: 3, bytes: 50 },
      { micros: 9, bytes: -50 },
    ]),
    run([{ micros: 5, bytes: 20 }]), // Counts before the release at the same time: 100 + 50 + 20.
  ];
  expect(peakBytes(runs)).toBe(170);
});

test('a record is read as the wire format says', () => {
  // Bytes by hand. StepStats { DeviceStepStats { NodeExecStats { name "n", start 7, memory { { micros 9, bytes -8 } },
  // label "n = Add(a)", op start 100 ns, op end 1100 ns } } }.
  const label = [0x42, 10, ...Buffer.from('n = Add(a)')];
  const record = [0x08, 9, 0x10, 0xf8, ...Array.from({ length: 8 }, () => 0xff), 0x01];
  const memory = [0x32, record.length + 2, 0x32, record.length, ...record];
  const node = [0x0a, 1, 0x6e, 0x10, 7, ...memory, ...label, 0x70, 100, 0x78, 0xcc, 0x08];
  const device = [0x12, node.length, ...node];
  const stats = [0x0a, device.length, ...device];
  expect(nodeRuns(Uint8Array.from([0x0a, stats.length, ...stats]))).toEqual([
    { name: 'n', op: 'Add', startMicros: 7, nanos: 1000, allocations: [{ micros: 9, bytes: -8 }] },
  ]);
});

// Host memory, for TensorFlow keeps what it has freed for later; given back at once, or what one case has left would be
// collected while the other measures.
test.each(['kernel', 'sampled'] as const)(
  'the resident peak sees memory that is gone again (%s)',
  (method) => {
    const HELD_MS = 300;
    const bytes = 2 ** 28;
    const { beforeBytes, peakBytes: peak } = residentPeak(() => {
      const held = new ArrayBuffer(bytes);
      const values = new Uint8Array(held);
      values.fill(1);
      const until = performance.now() + HELD_MS;
      while (performance.now() < until) values.fill(2, 0, 2 ** 20);
      held.transfer(0);
    }, method);
    expect(peak - beforeBytes).toBeGreaterThan(bytes / 2);
  },
);
