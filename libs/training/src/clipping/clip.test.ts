import { describe, expect, test } from '@jest/globals';
import { clippingSchema } from '@gradstream/contracts';
import type { Scalar, Tensor } from '@gradstream/engine';
import { useEngine } from '../testing/engine.js';
import { clipGradients } from './clip.js';

const engine = useEngine();

/** Gradients of vectors, clipped by a captured step. */
function clipVectors(settings: object, vectors: number[][], norm?: number): number[][] {
  const { tf } = engine();
  const clip = clippingSchema.parse(settings);
  const weights = vectors.map((vector, at) => ({
    name: `layer_${at}/bias`,
    variable: engine().variable(tf.fill([vector.length], 2)),
  }));
  const step = engine().capture((...inputs: Tensor[]) => {
    const gradients = inputs.slice(0, vectors.length);
    return clipGradients(engine(), clip, weights, gradients, inputs[vectors.length] as Scalar | undefined);
  });
  const inputs = [
    ...vectors.map((vector) => tf.tensor1d(vector)),
    ...(norm === undefined ? [] : [tf.scalar(norm)]),
  ];
  const clipped = step.run(...inputs).map((tensor) => Array.from(tensor.dataSync()));
  step.dispose();
  for (const { variable } of weights) variable.dispose();
  return clipped;
}

const round = (vectors: number[][]): number[][] =>
  vectors.map((vector) => vector.map((value) => Number(value.toPrecision(6)) + 0));
const [inf, nan] = [Infinity, Number.NaN];

describe('clipping', () => {
  // Triangles of 3, 4, 5 and 5, 12, 13.
  const gradients = [
    [3, 4],
    [12, 0],
  ];
  test.each([
    [
      { value: 3.5 },
      [
        [3, 3.5],
        [3.5, 0],
      ],
    ],
    [
      { norm: 2.5 },
      [
        [1.5, 2],
        [2.5, 0],
      ],
    ],
    [
      { norm: 6 },
      [
        [3, 4],
        [6, 0],
      ],
    ],
    [
      { globalNorm: 6.5 },
      [
        [1.5, 2],
        [6, 0],
      ],
    ],
    [
      { globalNorm: 13 },
      [
        [3, 4],
        [12, 0],
      ],
    ],
    // Weights of norm √8: at most 0.1·√8 = 0.282843.
    [
      { adaptive: { clipping: 0.1 } },
      [
        [0.169706, 0.226274],
        [0.282843, 0],
      ],
    ],
    [
      { adaptive: { clipping: 0.1, exclude: ['layer_1/*'] } },
      [
        [0.169706, 0.226274],
        [12, 0],
      ],
    ],
    [
      { adaptive: { clipping: 0.1, epsilon: 10 } },
      [
        [0.6, 0.8],
        [1, 0],
      ],
    ],
  ])('by %j', (settings, expected) => {
    expect(round(clipVectors(settings, gradients))).toEqual(expected);
  });

  test('a global norm that the step has already is used', () => {
    expect(round(clipVectors({ globalNorm: 1 }, gradients, 2))).toEqual([
      [1.5, 2],
      [6, 0],
    ]);
  });

  test.each([
    [
      { value: 1 },
      [
        [1, 1],
        [nan, 1],
      ],
    ],
    [
      { norm: 1 },
      [
        [nan, 0],
        [nan, nan],
      ],
    ],
    [
      { globalNorm: 1 },
      [
        [nan, nan],
        [nan, nan],
      ],
    ],
    [
      { adaptive: { clipping: 0.1 } },
      [
        [nan, 0],
        [nan, nan],
      ],
    ],
  ])('of what is not finite, by %j, is as documented', (settings, expected) => {
    expect(
      clipVectors(settings, [
        [inf, 2],
        [nan, 2],
      ]),
    ).toEqual(expected);
    if (!('globalNorm' in settings)) return;
    expect(
      clipVectors(settings, [
        [inf, 2],
        [3, 4],
      ]),
    ).toEqual([
      [nan, nan],
      [nan, nan],
    ]);
    expect(
      clipVectors(settings, [
        [1e30, 0],
        [3, 4],
      ]),
    ).toEqual([
      [nan, nan],
      [nan, nan],
    ]); // The square overflows.
  });

  test('zero gradients stay zero', () => {
    for (const settings of [{ value: 1 }, { norm: 1 }, { globalNorm: 1 }, { adaptive: {} }]) {
      expect(clipVectors(settings, [[0, 0]])).toEqual([[0, 0]]);
    }
  });

  test('adaptive clipping is by the unit: outputs of matrices, filters of convolutions, heads of products', () => {
    const { tf } = engine();
    const shapes = [[2, 3], [2, 2, 1, 3], [3, 2, 2], [1, 4], []];
    /** Index of the unit of an element: by the paper's code (`unitwise_norm` of deepmind-research/nfnets). */
    const unitOf = (shape: number[], at: number): number => {
      if (shape.filter((length) => length > 1).length <= 1) return 0;
      const columns = shape.at(-1) ?? 1;
      return shape.length === 3 ? at % (columns * (shape[1] ?? 1)) : at % columns;
    };
    const clip = clippingSchema.parse({ adaptive: { clipping: 0.5, epsilon: 0.2 } });
    shapes.forEach((shape, phase) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const numbers = (by: number): number[] =>
        Array.from({ length: size }, (_, i) => Math.fround(Math.sin(3 * i + by)));
      const [w, g] = [numbers(phase), numbers(phase + 0.5)];
      const normOf = (values: number[], unit: number): number =>
        Math.hypot(...values.filter((_, i) => unitOf(shape, i) === unit));
      const wanted = g.map((value, i) => {
        const unit = unitOf(shape, i);
        return value * Math.min(1, (0.5 * Math.max(normOf(w, unit), 0.2)) / normOf(g, unit));
      });
      const variable = engine().variable(tf.tensor(w, shape));
      const [clipped] = clipGradients(engine(), clip, [{ name: 'w', variable }], [tf.tensor(g, shape)]);
      clipped?.dataSync().forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 6);
      });
      expect(wanted).not.toEqual(g);
      variable.dispose();
    });
  });

  test.each([[{ value: 0.3 }], [{ norm: 0.3 }], [{ globalNorm: 0.3 }], [{ adaptive: {} }]])(
    'by %j is in float32 where the step computes in bfloat16',
    (settings) => {
      const { tf } = engine();
      const clip = clippingSchema.parse(settings);
      const variable = engine().variable(tf.ones([4, 4]));
      const step = engine().capture(
        (x) => {
          const gradient = x.matMul(x);
          const clipped = clipGradients(engine(), clip, [{ name: 'w', variable }], [gradient]);
          return [gradient, ...clipped];
        },
        { precision: 'bfloat16' },
      );
      const x = tf.tensor(
        Array.from({ length: 16 }, (_, i) => Math.sin(3 * i)),
        [4, 4],
      );
      const [gradient = x, clipped = x] = step.run(x);
      const [wanted] = clipGradients(engine(), clip, [{ name: 'w', variable }], [gradient]);
      clipped.dataSync().forEach((value, i) => {
        expect(value).toBeCloseTo(wanted?.dataSync()[i] ?? Number.NaN, 6);
      });
      step.dispose();
      variable.dispose();
    },
  );
});

test.each([[{}], [{ norm: 1, value: 1 }], [{ norm: 0 }], [{ norm: null }], [{ adaptive: 1 }]])(
  '%j is refused',
  (settings) => {
    expect(clippingSchema.safeParse(settings).success).toBe(false);
  },
);
