import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs';
import { codeOf, useEngine } from '../../testing.js';
import type { Tf } from '../tfjs.js';
import type { KernelCase, Result } from './case.js';
import { binaryCases } from './binary.js';
import { poolCases } from './pools.js';
import { productCases } from './products.js';
import { reductionCases } from './reductions.js';
import { shapeCases } from './shapes.js';
import { spatialCases } from './spatial.js';
import { unaryCases } from './unary.js';

const FAMILIES: Readonly<Record<string, readonly KernelCase[]>> = {
  unary: unaryCases,
  binary: binaryCases,
  reduction: reductionCases,
  shape: shapeCases,
  product: productCases,
  pool: poolCases,
  spatial: spatialCases,
};

const engine = useEngine();

beforeAll(() => {
  engine().tf.env().set('IS_TEST', true); // tfjs counts the tensors that each kernel makes, and throws when one is lost.
});

function resultOf(tensor: Tensor): Result {
  const values = [...tensor.dataSync<'float32' | 'string'>()];
  expect([...tensor.dataSync<'float32' | 'string'>()]).toEqual(values);
  return { shape: tensor.shape, dtype: tensor.dtype, values };
}

const resultsOf = (output: Tensor | Tensor[]): Result[] =>
  (Array.isArray(output) ? output : [output]).map(resultOf);

/** What `body` returns, computed with the CPU backend of tfjs. */
function onCpu<T>(tf: Tf, body: () => T): T {
  void tf.setBackend('cpu');
  try {
    return body();
  } finally {
    void tf.setBackend('tensorflow');
  }
}

function runCase(tf: Tf, entry: KernelCase): Result[] {
  const results: Result[] = [];
  tf.tidy(() => {
    const inputs = entry.inputs.map((input) => input(tf));
    results.push(...resultsOf(entry.run(tf, ...inputs)));
    if (inputs.some(({ isDisposed }) => isDisposed)) throw new Error('the kernel disposed its input');
  });
  return results;
}

/** Kernels of our backend that run during `body`. */
function kernelsDuring(tf: Tf, body: () => void): Set<string> {
  const called = new Set<string>();
  const configs = tf.getKernelsForBackend('tensorflow');
  const originals = configs.map(({ kernelFunc }) => kernelFunc);
  configs.forEach((config, index) => {
    config.kernelFunc = (args) => {
      called.add(config.kernelName);
      const original = originals[index];
      if (!original) throw new Error('each kernel has a function');
      return original(args);
    };
  });
  try {
    body();
  } finally {
    configs.forEach((config, index) => {
      config.kernelFunc = originals[index] ?? config.kernelFunc;
    });
  }
  return called;
}

function expectClose(actual: Result['values'], expected: Result['values'], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => {
    const wanted = expected[index];
    if (typeof value === 'number' && typeof wanted === 'number' && Number.isFinite(wanted)) {
      const difference = Math.abs(value - wanted) / (1 + Math.abs(wanted));
      if (!(difference <= tolerance)) expect(actual).toEqual(expected); // Shows all of them.
    } else expect(value).toEqual(wanted);
  });
}

function expectResults(actual: readonly Result[], expected: readonly Result[], tolerance: number): void {
  const form = ({ dtype, shape }: Result): unknown => ({ dtype, shape });
  expect(actual.map(form)).toEqual(expected.map(form));
  actual.forEach(({ values }, index) => {
    expectClose(values, expected[index]?.values ?? [], tolerance);
  });
}

describe.each(Object.entries(FAMILIES))('%s kernels', (_, cases) => {
  test.each(cases.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) => {
    const { tf } = engine();
    const expected = entry.expected ?? onCpu(tf, () => runCase(tf, entry));
    const tensors = tf.memory().numTensors;
    const actual: Result[] = [];
    const called = kernelsDuring(tf, () => {
      actual.push(...runCase(tf, entry));
    });
    expect(tf.memory().numTensors).toBe(tensors);
    expect([...called]).toEqual(expect.arrayContaining([...entry.kernels]));
    expectResults(actual, expected, entry.tolerance);
  });

  test.each(cases.map((entry) => [entry.name, entry] as const))('%s, captured', (_name, entry) => {
    const { tf } = engine();
    const inputs = entry.inputs.map((input) => tf.tidy(() => input(tf)));
    const step = engine().capture((...tensors) => [entry.run(tf, ...tensors)].flat());
    try {
      if (entry.captureError) {
        expect(codeOf(() => step.run(...inputs))).toBe(entry.captureError);
        expect(tf.add(1, 2).dataSync()[0]).toBe(3);
        return;
      }
      const eager = runCase(tf, entry);
      const captured = resultsOf(step.run(...inputs));
      if (entry.captureTolerance === 0) expect(captured).toEqual(eager);
      else expectResults(captured, eager, entry.captureTolerance);
    } finally {
      step.dispose();
    }
  });
});

test('every kernel of tfjs-node-gpu has a case', () => {
  const covered = new Set(
    Object.values(FAMILIES).flatMap((cases) => cases.flatMap(({ kernels }) => kernels)),
  );
  const registered = engine()
    .tf.getKernelsForBackend('tensorflow')
    .map(({ kernelName }) => kernelName)
    .filter((name) => !name.startsWith('Gradstream')); // Those of libs/engine/src/ops have tests of their own.
  expect(registered.length).toBeGreaterThan(150);
  expect(registered.filter((name) => !covered.has(name))).toEqual([]);
});
