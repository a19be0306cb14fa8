import { expect, test } from '@jest/globals';
import type { Variable } from '@tensorflow/tfjs';
import type { StepOptions } from '../engine.js';
import { bytesField, numberField } from '../native/protobuf.js';
import { useEngine, wave } from '../testing.js';
import { readReceipt } from './receipt.js';

const engine = useEngine();
const SIZE = 32;

type Update = (weight: Variable, gradient: ReturnType<Variable['clone']>) => void;

const byOp: Update = (weight, gradient) => {
  engine().updates.gradientDescent(weight, gradient, 0.1);
};
const byTfjs: Update = (weight, gradient) => {
  weight.assign(weight.sub(gradient.mul(0.1)));
};

/** Runs two steps of two dense layers; returns losses, the receipt, and the weights' bits after it. */
async function run(options: StepOptions, update: Update, asynchronous = false) {
  const { tf, ops } = engine();
  const weights = [1, 2].map((phase) =>
    engine().variable(tf.tensor(wave(SIZE * SIZE, phase), [SIZE, SIZE]).mul(0.2)),
  );
  const step = engine().capture((x) => {
    const { value, grads } = tf.variableGrads(
      () =>
        weights
          .reduce((h, weight) => ops.relu(h.matMul(weight)), x)
          .square()
          .mean()
          .asScalar(),
      weights,
    );
    for (const weight of weights) update(weight, grads[weight.name] ?? weight);
    return [value];
  }, options);
  const x = tf.tensor(wave(SIZE * SIZE, 3), [SIZE, SIZE]);
  const losses: number[] = [];
  const before = step.receipts.length;
  for (let i = 0; i < 2; i++)
    losses.push(...((asynchronous ? await step.runAsync([x]) : step.run(x))[0]?.dataSync() ?? []));
  const receipt = step.receipts[0]?.precision;
  step.dispose();
  const values = weights.flatMap((weight) => Array.from(weight.dataSync()));
  tf.dispose(weights);
  return { losses, receipt, before, values };
}

/** The bits of a float32 that bfloat16 does not have. */
const LOW_BITS = 0xffff;
const bitsOf = (values: number[]): Uint32Array => new Uint32Array(Float32Array.from(values).buffer);

test('float32 has no receipt', async () => {
  expect((await run({}, byOp)).receipt).toBeNull();
});

// Grappler's own rule (auto_mixed_precision.cc, IsSupportedByOneDNNOnThisCPU) needs the instructions; elsewhere the
// receipt has to say that nothing was rewritten.
test.each([false, true])(
  'bfloat16 is counted, or its absence is a warning (asynchronous: %s)',
  async (mode) => {
    const half = await run({ precision: 'bfloat16' }, byOp, mode);
    const { receipt } = half;
    expect(receipt?.nodes).toBeGreaterThan(10);
    if (receipt?.rewritten === 0) {
      expect(receipt.warnings[0]).toMatch(/^bfloat16 has no effect/);
      return;
    }
    // Two layers: 2 products forward, 3 backward (the input has no gradient), and more that follows them.
    expect(receipt?.rewritten).toBeGreaterThanOrEqual(5);
    expect(receipt?.casts).toBeGreaterThan(0);
    expect(receipt?.warnings).toEqual([]);
    const full = await run({}, byOp);
    expect(half.losses).not.toEqual(full.losses);
    half.losses.forEach((loss, index) => {
      // bfloat16 keeps 8 bits.
      expect(Math.abs(loss / (full.losses[index] ?? Number.NaN) - 1)).toBeLessThan(2 ** -6);
    });
    const exact = bitsOf(half.values).filter((bits) => (bits & LOW_BITS) !== 0);
    expect(exact.length).toBeGreaterThan(0.9 * half.values.length);
  },
);

test('steps that begin beside each other have a receipt each, of their own graph alone', async () => {
  const { tf } = engine();
  const chain = (length: number) =>
    engine().capture(
      (x) => {
        let product = x;
        for (let i = 0; i < length; i++) product = tf.matMul(product, x);
        return [product.sum()];
      },
      { precision: 'bfloat16' },
    );
  const x = tf.eye(64);
  const lengths = [8, 24];
  const nodesOf = (steps: ReturnType<typeof chain>[]) =>
    steps.map((step) => step.receipts[0]?.precision?.nodes);
  const alone = lengths.map(chain);
  for (const step of alone) await step.runAsync([x]);
  const together = lengths.map(chain);
  await Promise.all(together.map((step) => step.runAsync([x])));
  expect(nodesOf(together)).toEqual(nodesOf(alone));
  expect(nodesOf(alone).every((nodes, at) => (nodes ?? 0) > (lengths[at] ?? 0))).toBe(true);
  // A call that blocks cannot wait, and its receipt says nothing rather than something wrong.
  const [watched = together[0], late] = lengths.map(chain);
  const running = watched?.runAsync([x]);
  late?.run(x);
  await running;
  expect(late?.receipts[0]?.precision).toBeNull();
  for (const step of [...alone, ...together, watched, late]) step?.dispose();
});

test('variables that would lose their digits are a warning', async () => {
  const { receipt, values } = await run({ precision: 'bfloat16' }, byTfjs);
  if (receipt?.rewritten === 0) {
    expect(receipt.roundedVariables).toBe(0); // This CPU has no bfloat16.
    return;
  }
  const bits = bitsOf(values);
  const rounded = [0, 1].filter((at) =>
    bits.subarray(at * SIZE * SIZE, (at + 1) * SIZE * SIZE).every((value) => (value & LOW_BITS) === 0),
  );
  expect(rounded.length).toBeGreaterThan(0); // The hazard is real, and each case of it is counted.
  expect(receipt?.roundedVariables).toBe(rounded.length);
  expect(receipt?.warnings).toEqual([expect.stringMatching(/^\d variables are assigned values/)]);
});

test('float16 on a CPU without it is a warning, and the results are those of float32', async () => {
  const half = await run({ precision: 'float16' }, byOp);
  if (half.receipt?.rewritten) {
    expect(half.receipt.warnings).toEqual([]); // This CPU has AMX-FP16.
    return;
  }
  expect(half.receipt?.warnings).toEqual([expect.stringMatching(/float16 has no effect.*use bfloat16$/)]);
  expect(half.losses).toEqual((await run({}, byOp)).losses);
});

test('XLA ignores half precision, which is a warning', async () => {
  const { receipt } = await run({ precision: 'bfloat16', executor: 'xla' }, byOp);
  expect(receipt).toMatchObject({ nodes: 0, rewritten: 0 });
  expect(receipt?.warnings).toEqual([expect.stringMatching(/^bfloat16 has no effect: XLA/)]);
});

test('the graph and the functions that it reaches are counted', () => {
  const node = (name: string, op: string, inputs: string[], type: number, calls = '') => {
    const attribute = (key: string, value: Buffer) =>
      bytesField(5, Buffer.concat([bytesField(1, key), bytesField(2, value)]));
    return Buffer.concat([
      bytesField(1, name),
      bytesField(2, op),
      ...inputs.map((input) => bytesField(3, input)),
      attribute('T', numberField(6, type)),
      ...(calls ? [attribute('then_branch', bytesField(10, bytesField(1, calls)))] : []),
    ]);
  };
  const fn = (name: string, nodes: Buffer[]) =>
    bytesField(1, Buffer.concat([bytesField(1, bytesField(1, name)), ...nodes.map((n) => bytesField(3, n))]));
  const nodes = [
    node('a', 'MatMul', [], 14),
    node('b', 'Cast', ['a'], 14),
    node('c', 'Identity', ['b'], 1),
    node('d', 'AssignVariableOp', ['v', 'c'], 1), // Takes what was rounded.
    node('e', 'AssignVariableOp', ['v', 'f'], 1),
    node('f', 'Const', [], 14),
    node('g', 'If', [], 1, 'branch'),
  ];
  const library = bytesField(
    2,
    Buffer.concat([fn('branch', [node('m', 'MatMul', [], 19)]), fn('unused', [node('m', 'MatMul', [], 19)])]),
  );
  const graph = Buffer.concat([...nodes.map((bytes) => bytesField(1, bytes)), library]);
  const metadata = bytesField(4, bytesField(3, graph));
  expect(readReceipt(metadata, 'bfloat16')).toMatchObject({
    nodes: 8,
    rewritten: 2, // a, and m of the branch
    casts: 1,
    roundedVariables: 1,
  });
});
